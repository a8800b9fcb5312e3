"""Work that nobody waits for goes on between requests, and never much later."""

import asyncio
from time import monotonic

import pytest

from dossier.foundation import gaps
from dossier.foundation.gaps import COUNTS, PATIENCE, Gaps


async def waited(found: Gaps) -> float:
    began = monotonic()
    await found.wait(began)
    return monotonic() - began


def test_work_waits_for_the_end_of_a_request() -> None:
    """[18] A call was signed and sent while an update was answered, and three of them made it take twice as long."""

    async def run() -> None:
        found = Gaps()
        found.began("a request")
        waits = asyncio.create_task(found.wait(monotonic()))
        await asyncio.sleep(COUNTS / 5)
        assert not waits.done()
        found.ended("a request")
        await asyncio.wait_for(waits, 5)

    asyncio.run(run())


def test_a_request_that_hangs_is_in_nobodys_way() -> None:
    async def run() -> None:
        found = Gaps()
        found.began("one that waits for events")
        assert await waited(found) >= COUNTS / 2
        found.began("a short one")
        found.ended("a short one")
        assert not found._is_answering()
        assert await waited(found) < COUNTS

    asyncio.run(run())


def test_where_there_is_no_gap_work_goes_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "COUNTS", 3600)

    async def run() -> None:
        found = Gaps()
        found.began("a request")
        assert await waited(found) >= PATIENCE
        began = monotonic()
        await asyncio.gather(*(found.wait(began - PATIENCE) for _ in range(100)))
        assert monotonic() < began + PATIENCE, "whoever waited long enough elsewhere waits no more"

    asyncio.run(run())


def test_one_goes_on_in_each_turn_of_the_loop() -> None:
    """Between any two of them whatever else is ready has its turn."""

    async def run() -> None:
        found, turns, at = Gaps(), 0, list[int]()

        async def work() -> None:
            await found.wait(monotonic())
            at.append(turns)

        async def count() -> None:
            nonlocal turns
            while len(at) < 5:
                turns += 1
                await asyncio.sleep(0)

        await asyncio.gather(count(), *(work() for _ in range(5)))
        assert len(set(at)) == 5

    asyncio.run(run())
