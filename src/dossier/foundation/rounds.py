"""Work of many requests done together: what comes while a round is under way goes with the next.

Nobody waits for company: when no round is under way, one begins at once. Nothing is remembered: an answer comes from a
round that began after its question. Rounds of different lanes (those who may touch different things, say) know nothing
of each other. A question that is given up touches no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_QUESTIONS = 64  # of a round

Lane = TypeVar("Lane", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Request(Generic[Question, Answer]):
    question: Question
    answer: asyncio.Future[Answer]


@dataclass
class Rounds(Generic[Lane, Question, Answer]):
    """`work` answers the questions of a round one by one, each with an answer or what it fails with.

    What it raises itself, all of them raise. Questions for which `apart` says the same are not in one round: the later
    one waits for the next.
    """

    work: Callable[[Lane, list[Question]], Awaitable[Sequence[Answer | Exception]]]
    apart: Callable[[Question], Hashable] | None = None
    _waiting: dict[Lane, list[_Request[Question, Answer]]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, lane: Lane, question: Question) -> Answer:
        """The answer of the first round that has place for the question."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        request = _Request(question, answer)
        if lane in self._waiting:
            self._waiting[lane].append(request)
        else:
            self._waiting[lane] = [request]
            # An empty context: what many share says in no log that it was one of them.
            task = asyncio.create_task(self._go_on(lane), name="rounds", context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _go_on(self, lane: Lane) -> None:
        """One round after the other, until nobody waits."""
        now: list[_Request[Question, Answer]] = []
        try:
            while self._waiting[lane]:
                now, self._waiting[lane] = self._next(self._waiting[lane])
                await self._go(lane, now)
        finally:
            for request in [*now, *self._waiting.pop(lane)]:
                request.answer.cancel()  # of those without an answer: the server stops

    def _next(
        self, waiting: list[_Request[Question, Answer]]
    ) -> tuple[list[_Request[Question, Answer]], list[_Request[Question, Answer]]]:
        """Who goes now and who waits on, in the order they came."""
        now: dict[Hashable, _Request[Question, Answer]] = {}
        later: list[_Request[Question, Answer]] = []
        for request in waiting:
            if request.answer.done():
                continue  # nobody waits for it any more
            subject = self.apart(request.question) if self.apart else id(request)
            if len(now) == MAX_QUESTIONS or subject in now:
                later.append(request)
            else:
                now[subject] = request
        return list(now.values()), later

    async def _go(self, lane: Lane, now: list[_Request[Question, Answer]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            answers = await self.work(lane, [request.question for request in now])
        except Exception as error:  # noqa: BLE001 - each asker raises it
            answers = [error] * len(now)
        for request, answer in zip(now, answers, strict=True):
            if request.answer.done():
                continue
            if isinstance(answer, Exception):
                request.answer.set_exception(answer)
            else:
                request.answer.set_result(answer)
