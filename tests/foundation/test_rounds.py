"""Questions asked together: each gets its own answer, never an old one, and none is touched by another's end."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable

import pytest

from dossier.foundation.rounds import MAX_QUESTIONS as MOST
from dossier.foundation.rounds import SMALL, Rounds


class Asked:
    """Answers questions by tenfold, slowly, and remembers its rounds."""

    def __init__(self) -> None:
        self.rounds: list[list[int | str]] = []
        self.fails = False

    async def __call__(self, lane: str, questions: list[int]) -> list[int | Exception]:
        self.rounds.append([*([lane] if lane else []), *questions])
        await asyncio.sleep(0.02)
        if self.fails:
            raise LookupError("the database is away")
        return [each * 10 if each < 1000 else KeyError(each) for each in questions]


def run(
    work: Callable[[Asked, Rounds[str, int, int]], Awaitable[None]],
    apart: Callable[[int], Hashable] | None = None,
) -> None:
    async def inside() -> None:
        asked = Asked()
        await work(asked, Rounds(asked, apart))

    asyncio.run(asyncio.wait_for(inside(), 10))


def test_what_comes_during_a_round_shares_the_next() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        first = asyncio.create_task(rounds.ask("", 1))
        await asyncio.sleep(0.01)
        later = [rounds.ask("", each) for each in (2, 3, 3)]
        assert await asyncio.gather(first, *later) == [10, 20, 30, 30]
        assert asked.rounds == [[1], [2, 3, 3]]

    run(work)


def test_a_question_is_never_answered_by_a_round_that_began_before_it() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        first = asyncio.create_task(rounds.ask("", 1))
        await asyncio.sleep(0.01)
        await rounds.ask("", 1)
        await first
        assert asked.rounds == [[1], [1]]

    run(work)


def test_a_question_that_is_given_up_touches_no_other() -> None:
    async def work(_asked: Asked, rounds: Rounds[str, int, int]) -> None:
        first, second = (asyncio.create_task(rounds.ask("", each)) for each in (1, 2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == 20
        with pytest.raises(asyncio.CancelledError):
            await first

    run(work)


def test_a_round_that_fails_fails_its_own_and_not_the_next() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        asked.fails = True
        failed = await asyncio.gather(*(rounds.ask("", each) for each in range(3)), return_exceptions=True)
        assert [type(each) for each in failed] == [LookupError] * 3
        asked.fails = False
        assert await rounds.ask("", 4) == 40

    run(work)


def test_a_round_has_a_bound() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        await asyncio.gather(*(rounds.ask("", each) for each in range(MOST * 2 + 1)))
        assert [len(each) for each in asked.rounds] == [MOST, MOST, 1]

    run(work)


def test_what_one_question_fails_with_is_its_own() -> None:
    async def work(_asked: Asked, rounds: Rounds[str, int, int]) -> None:
        answers = await asyncio.gather(*(rounds.ask("", each) for each in (1, 5000, 2)), return_exceptions=True)
        assert [answers[0], type(answers[1]), answers[2]] == [10, KeyError, 20]

    run(work)


def test_lanes_know_nothing_of_each_other() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        await asyncio.gather(*(rounds.ask(lane, each) for lane in "ab" for each in (1, 2)))
        assert asked.rounds == [["a", 1, 2], ["b", 1, 2]]
        assert not rounds._lanes

    run(work)


def test_what_is_to_be_apart_goes_in_the_next_round() -> None:
    async def work(asked: Asked, rounds: Rounds[str, int, int]) -> None:
        await asyncio.gather(*(rounds.ask("", each) for each in (1, 11, 2, 21)))
        assert asked.rounds == [[1, 2], [11], [21]]

    run(work, apart=lambda number: number % 10)


class Held(Asked):
    """The same, once it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()

    async def __call__(self, lane: str, questions: list[int]) -> list[int | Exception]:
        self.rounds.append([*([lane] if lane else []), *questions])
        await self.goes_on.wait()
        return [each * 10 for each in questions]


async def asked_one_by_one(rounds: Rounds[str, int, int], questions: Iterable[int]) -> list[asyncio.Task[int]]:
    tasks = []
    for each in questions:
        tasks.append(asyncio.create_task(rounds.ask("", each)))
        for _ in range(3):
            await asyncio.sleep(0)  # the task, and that of a round, begin
    return tasks


def held(
    work: Callable[[Held, Rounds[str, int, int]], Awaitable[None]],
    apart: Callable[[int], Hashable] | None = None,
    at_once: int = 2,
) -> None:
    async def inside() -> None:
        asked = Held()
        await work(asked, Rounds(asked, apart, at_once))

    asyncio.run(asyncio.wait_for(inside(), 10))


def test_beside_a_small_round_another_one_begins() -> None:
    async def work(asked: Held, rounds: Rounds[str, int, int]) -> None:
        tasks = await asked_one_by_one(rounds, (1, 2, 3))
        assert asked.rounds == [[1], [2]]
        asked.goes_on.set()
        assert await asyncio.gather(*tasks) == [10, 20, 30]
        assert asked.rounds == [[1], [2], [3]]

    held(work)


def test_another_one_begins_only_beside_few_questions_in_all() -> None:
    async def work(asked: Held, rounds: Rounds[str, int, int]) -> None:
        few = [asyncio.create_task(rounds.ask("", each)) for each in range(SMALL - 1)]
        await asyncio.sleep(0.02)
        more = [asyncio.create_task(rounds.ask("", each)) for each in (10, 11)]
        await asyncio.sleep(0.02)
        tasks = await asked_one_by_one(rounds, [99])
        assert asked.rounds == [list(range(SMALL - 1)), [10, 11]]
        asked.goes_on.set()
        await asyncio.gather(*few, *more, *tasks)

    held(work, at_once=3)


def test_beside_a_large_round_none_begins() -> None:
    async def work(asked: Held, rounds: Rounds[str, int, int]) -> None:
        many = [asyncio.create_task(rounds.ask("", each)) for each in range(SMALL + 1)]
        await asyncio.sleep(0.02)
        tasks = await asked_one_by_one(rounds, [99])
        assert asked.rounds == [list(range(SMALL + 1))]
        asked.goes_on.set()
        await asyncio.gather(*many, *tasks)

    held(work)


def test_the_same_subject_is_in_one_round_at_a_time_and_in_order() -> None:
    async def work(asked: Held, rounds: Rounds[str, int, int]) -> None:
        tasks = await asked_one_by_one(rounds, (11, 12, 21, 13))
        assert asked.rounds == [[11], [21]]
        asked.goes_on.set()
        assert await asyncio.gather(*tasks) == [110, 120, 210, 130]
        assert [each for one in asked.rounds for each in one if each < 20] == [11, 12, 13]

    held(work, apart=lambda each: each // 10)


def test_a_stopped_server_leaves_nobody_waiting_in_either_round() -> None:
    async def work(asked: Held, rounds: Rounds[str, int, int]) -> None:
        tasks = await asked_one_by_one(rounds, (1, 2, 3))
        for task in rounds._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in outcomes] == [asyncio.CancelledError] * 3
        assert not rounds._lanes
        assert asked.rounds == [[1], [2]]

    held(work)
