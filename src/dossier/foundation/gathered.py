"""Questions of many requests asked of the database together: what comes while a round is under way goes with the next.

Nothing is remembered: an answer comes from a round that began after its question, so it is never older than that. Nobody
waits for company: when no round is under way, one begins at once. A question that is given up touches no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOST = 64  # questions of a round

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

_Asked = list[tuple[Question, "asyncio.Future[Answer | None]"]]


@dataclass
class Gathered(Generic[Question, Answer]):
    """`ask` answers many different questions at once; those that it leaves out are answered None."""

    ask: Callable[[list[Question]], Awaitable[Mapping[Question, Answer]]]
    _waiting: "_Asked[Question, Answer]" = field(default_factory=list)
    _rounds: "asyncio.Task[None] | None" = None

    async def answer(self, question: Question) -> Answer | None:
        """The answer as of now; whatever the round fails with, it raises for each that was in it."""
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._go_round(), name="gathered")
        return await future

    async def _go_round(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            asked = _open(asked)
            try:
                answers = await self.ask(list({question for question, _ in asked}))
            except Exception as error:  # noqa: BLE001 - each asker raises it
                for _, future in _open(asked):
                    future.set_exception(error)
            except BaseException:
                for _, future in asked + self._waiting:
                    future.cancel()
                raise
            else:
                for question, future in _open(asked):
                    future.set_result(answers.get(question))


def _open(asked: "_Asked[Question, Answer]") -> "_Asked[Question, Answer]":
    """Those that somebody still waits for: a cancelled request takes its future with it."""
    return [each for each in asked if not each[1].done()]
