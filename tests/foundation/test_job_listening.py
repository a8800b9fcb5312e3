"""One connection hears for every lane of jobs, and tells the worker of the lane alone."""

import asyncio
from typing import Any

from dossier.foundation.database import Database
from dossier.foundation.job_listening import Hearing, Listening
from dossier.foundation.testing import postgres
from dossier.server.services import database_on

PREFIX = "procrastinate_queue_v1#"
LANES = ("one", "other")


def teller(told: set[str]) -> Any:
    async def tell(*, channel: str, payload: str) -> None:
        told.add(f"{channel} {payload}")

    return tell


async def heard(database: Database, listening: Listening) -> set[str]:
    """Something is sent to both lanes, until the first is told; then its worker ends."""
    told: set[str] = set()
    workers = [asyncio.create_task(Hearing(listening).listen_notify(teller(told), [PREFIX + LANES[0]]))]
    workers.append(asyncio.create_task(Hearing(listening).listen_notify(teller(set()), [PREFIX + LANES[1]])))
    listener = asyncio.create_task(listening.listen())
    async with asyncio.timeout(20):
        while not told:
            for lane in LANES:
                await database.notify(PREFIX + lane, [lane])
            await asyncio.sleep(0.05)
    workers[0].cancel()
    await asyncio.wait(workers[:1])
    assert list(listening.told) == [PREFIX + LANES[1]]
    for each in (workers[1], listener):
        each.cancel()
    await asyncio.wait([workers[1], listener])
    return told


def test_one_connection_hears_for_all_lanes(database_url: str) -> None:
    async def work() -> set[str]:
        database = database_on(postgres.serving(database_url), 1)
        await database.open()
        try:
            return await heard(database, Listening(postgres.serving(database_url), LANES))
        finally:
            await database.close()

    assert asyncio.run(asyncio.wait_for(work(), 60)) == {f"{PREFIX}{LANES[0]} {LANES[0]}"}
