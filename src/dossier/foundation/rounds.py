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
SMALL = 4  # questions under way beside which another round may begin

Lane = TypeVar("Lane", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Request(Generic[Question, Answer]):
    question: Question
    answer: asyncio.Future[Answer]


@dataclass
class _Lane(Generic[Question, Answer]):
    """Who waits, and the rounds under way: each by what keeps questions apart."""

    waiting: list[_Request[Question, Answer]] = field(default_factory=list)
    under_way: list[dict[Hashable, _Request[Question, Answer]]] = field(default_factory=list)


@dataclass
class Rounds(Generic[Lane, Question, Answer]):
    """`work` answers the questions of a round one by one, each with an answer or what it fails with.

    What it raises itself, all of them raise. Questions for which `apart` says the same are not in one round, nor in two
    that are under way: the later one waits for the next. `at_once`: rounds of a lane that are under way together while
    they are small, as they mostly wait themselves.
    """

    work: Callable[[Lane, list[Question]], Awaitable[Sequence[Answer | Exception]]]
    apart: Callable[[Question], Hashable] | None = None
    at_once: int = 1
    _lanes: dict[Lane, _Lane[Question, Answer]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, lane: Lane, question: Question) -> Answer:
        """The answer of the first round that has place for the question."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        here = self._lanes.setdefault(lane, _Lane())
        here.waiting.append(_Request(question, answer))
        if self._may_begin(here.under_way):
            here.under_way.append({})
            # An empty context: what many share says in no log that it was one of them.
            task = asyncio.create_task(self._go_on(lane, here, here.under_way[-1]), name="rounds", context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    def _may_begin(self, under_way: list[dict[Hashable, _Request[Question, Answer]]]) -> bool:
        return not under_way or (len(under_way) < self.at_once and sum(map(len, under_way)) <= SMALL)

    async def _go_on(
        self, lane: Lane, here: _Lane[Question, Answer], now: dict[Hashable, _Request[Question, Answer]]
    ) -> None:
        """One round after the other, until nobody waits."""
        try:
            while self._fill(here, now):
                await self._go(lane, list(now.values()))
                now.clear()
        finally:
            here.under_way = [each for each in here.under_way if each is not now]
            stopped = list(now.values())
            if not here.under_way:
                stopped += self._lanes.pop(lane).waiting
            for request in stopped:
                request.answer.cancel()  # of those without an answer: the server stops

    def _fill(self, here: _Lane[Question, Answer], now: dict[Hashable, _Request[Question, Answer]]) -> bool:
        """Put into the round who goes now, in the order they came; whether anybody does."""
        later: list[_Request[Question, Answer]] = []
        busy = {subject for each in here.under_way for subject in each}
        for request in here.waiting:
            if request.answer.done():
                continue  # nobody waits for it any more
            subject = self.apart(request.question) if self.apart else id(request)
            if len(now) == MAX_QUESTIONS or subject in now or subject in busy:
                later.append(request)
            else:
                now[subject] = request
        here.waiting = later
        return bool(now)

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
