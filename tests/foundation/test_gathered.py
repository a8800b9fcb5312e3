"""Questions asked together: each gets its own answer, never an old one, and none is touched by another's end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dossier.foundation.gathered import MOST, Gathered


class Asked:
    """Answers questions by tenfold, slowly, and remembers its rounds."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.fails = False

    async def __call__(self, questions: list[int]) -> dict[int, int]:
        self.rounds.append(sorted(questions))
        await asyncio.sleep(0.02)
        if self.fails:
            raise LookupError("the database is away")
        return {each: each * 10 for each in questions if each < 1000}


def run(work: Callable[[Asked, Gathered[int, int]], Awaitable[None]]) -> None:
    async def inside() -> None:
        asked = Asked()
        await work(asked, Gathered(asked))

    asyncio.run(asyncio.wait_for(inside(), 10))


def test_what_comes_during_a_round_shares_the_next() -> None:
    async def work(asked: Asked, gathered: Gathered[int, int]) -> None:
        first = asyncio.create_task(gathered.answer(1))
        await asyncio.sleep(0.01)
        later = [gathered.answer(each) for each in (2, 3, 3, 5000)]
        assert await asyncio.gather(first, *later) == [10, 20, 30, 30, None]
        assert asked.rounds == [[1], [2, 3, 5000]]

    run(work)


def test_a_question_is_never_answered_by_a_round_that_began_before_it() -> None:
    async def work(asked: Asked, gathered: Gathered[int, int]) -> None:
        first = asyncio.create_task(gathered.answer(1))
        await asyncio.sleep(0.01)
        await gathered.answer(1)
        await first
        assert asked.rounds == [[1], [1]]

    run(work)


def test_a_question_that_is_given_up_touches_no_other() -> None:
    async def work(_asked: Asked, gathered: Gathered[int, int]) -> None:
        first, second = (asyncio.create_task(gathered.answer(each)) for each in (1, 2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == 20
        with pytest.raises(asyncio.CancelledError):
            await first

    run(work)


def test_a_round_that_fails_fails_its_own_and_not_the_next() -> None:
    async def work(asked: Asked, gathered: Gathered[int, int]) -> None:
        asked.fails = True
        failed = await asyncio.gather(*(gathered.answer(each) for each in range(3)), return_exceptions=True)
        assert [type(each) for each in failed] == [LookupError] * 3
        asked.fails = False
        assert await gathered.answer(4) == 40

    run(work)


def test_a_round_has_a_bound() -> None:
    async def work(asked: Asked, gathered: Gathered[int, int]) -> None:
        await asyncio.gather(*(gathered.answer(each) for each in range(MOST * 2 + 1)))
        assert [len(each) for each in asked.rounds] == [MOST, MOST, 1]

    run(work)
