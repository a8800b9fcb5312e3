"""What a transaction sends, and when; and whose commit waits for the disk."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg

from dossier.foundation.database import Database, Transaction
from dossier.foundation.testing import postgres
from dossier.server.services import database_on
from tests.world import OPERATOR

LOCK = "SELECT pg_advisory_xact_lock(4716)"
IS_FREE = "SELECT pg_try_advisory_lock(4716) AND pg_advisory_unlock(4716)"
SOURCE = "SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'"


def run(database_url: str, work: Callable[[Database], Awaitable[None]]) -> None:
    async def inside() -> None:
        database = database_on(postgres.serving(database_url), 1)
        await database.open()
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(inside(), 60))


def test_a_statement_leaves_at_once_or_with_the_next_one(database_url: str) -> None:
    async def work(database: Database) -> None:
        async with await psycopg.AsyncConnection.connect(postgres.serving(database_url), autocommit=True) as other:

            async def is_free() -> bool:
                for _ in range(10):
                    row = await (await other.execute(IS_FREE)).fetchone()
                    if not row or not row[0]:
                        return False
                    await asyncio.sleep(0.02)
                return True

            async with database.transaction(OPERATOR) as transaction:
                with transaction.together():
                    await transaction.send(LOCK)
                    assert await is_free()
                await transaction.send("SELECT 1")
                assert not await is_free()
            assert await is_free()
            async with database.transaction(OPERATOR) as transaction:
                await transaction.send(LOCK)
                assert not await is_free()
                with transaction.together():
                    await transaction.send("SELECT pg_advisory_unlock_all()")

    run(database_url, work)


def test_what_is_held_back_is_done_though_nothing_follows(database_url: str) -> None:
    async def work(database: Database) -> None:
        async with database.transaction(OPERATOR) as transaction:
            with transaction.together():
                last = await transaction.send("SELECT 6 * 7 AS n")
        assert (await last.one())["n"] == 42

    run(database_url, work)


def test_a_full_line_ends_well(database_url: str) -> None:
    """Megabytes of answers that nobody reads yet, of statements that are as long: PostgreSQL takes no more until some are read."""

    async def work(database: Database) -> None:
        text = "x" * 300_000

        async def send(transaction: Transaction) -> None:
            sent = [await transaction.send("SELECT %(text)s::text AS said", text=f"{n}{text}") for n in range(40)]
            for number, each in enumerate(sent):
                assert (await each.one())["said"] == f"{number}{text}"

        await database.write(OPERATOR, send)

    run(database_url, work)


def test_only_what_is_derived_does_not_wait_for_the_disk(database_url: str) -> None:
    """And the next transaction on its connection does."""

    async def work(database: Database) -> None:
        found = []
        for derived in (True, False):
            async with database.transaction(OPERATOR, derived=derived) as transaction:
                found.append(await transaction.one(SOURCE))
        assert found[0] == {"setting": "off", "source": "session"}
        assert found[1]["source"] != "session"

    run(database_url, work)
