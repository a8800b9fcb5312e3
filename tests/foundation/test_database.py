"""One transaction is kept as a whole or not at all, and its locks last until its end."""

import asyncio
from typing import Any

import psycopg
import pytest

from dossier.foundation.database import Transaction
from dossier.foundation.jobs import Job, Queue
from dossier.foundation.testing import postgres
from dossier.server.services import database_on
from tests.log_lines import LogFile
from tests.world import OPERATOR, World

INSERT = "INSERT INTO workspaces (id, slug, name, created_at) VALUES (gen_random_uuid(), %(slug)s, 'x', now())"
COUNT = "SELECT count(*) AS n FROM workspaces WHERE slug = %(slug)s"


def kept(world: World, slug: str) -> int:
    async def count(tx: Transaction) -> int:
        return int((await tx.one(COUNT, slug=slug))["n"])

    return int(world.do(count))


def test_a_failure_undoes_what_came_before(world: World) -> None:
    async def work(tx: Transaction) -> None:
        await tx.send(INSERT, slug="undone-1")
        assert (await tx.one(COUNT, slug="undone-1"))["n"] == 1
        await Job("nobody.does_this").defer(tx, id="1")
        await tx.send(INSERT, slug="undone-2")
        raise LookupError

    with pytest.raises(LookupError):
        world.do(work)
    assert kept(world, "undone-1") == kept(world, "undone-2") == 0


def test_a_refused_statement_undoes_what_came_before(world: World) -> None:
    async def work(tx: Transaction) -> None:
        await tx.send(INSERT, slug="refused-1")
        await tx.one(COUNT, slug="refused-1")
        await tx.send("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        world.do(work)
    assert kept(world, "refused-1") == 0


def test_dry_run_rolls_back(world: World) -> None:
    async def work(tx: Transaction) -> None:
        await tx.one(COUNT, slug="rehearsed")
        await tx.send(INSERT, slug="rehearsed")

    world.server.run(world.database.write(OPERATOR, work, commit=False))
    assert kept(world, "rehearsed") == 0


def test_a_lock_lasts_until_the_end(world: World) -> None:
    """Also across results that were waited for, and a job that was asked for."""
    workspace = world.workspace()
    lock = "SELECT name FROM workspaces WHERE id = %(id)s FOR UPDATE"
    seen: list[str] = []

    async def holder(tx: Transaction) -> None:
        await tx.one(lock, id=workspace.id)
        await Job("nobody.does_this").defer(tx, id="1")
        await tx.one(COUNT, slug="x")
        seen.append("locked")
        await asyncio.sleep(0.3)
        seen.append("released")

    async def waiter(tx: Transaction) -> None:
        await tx.one(lock, id=workspace.id)
        seen.append("locked again")

    async def both() -> Any:
        first = asyncio.create_task(world.database.write(OPERATOR, holder))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, world.database.write(OPERATOR, waiter))

    world.server.run(both())
    assert seen == ["locked", "released", "locked again"]


def test_someone_who_goes_away_in_the_middle_leaves_nothing(world: World) -> None:
    started = asyncio.Event()

    async def work(tx: Transaction) -> None:
        await tx.one(COUNT, slug="gone")
        await tx.send(INSERT, slug="gone")
        started.set()
        await asyncio.sleep(30)

    async def go_away() -> None:
        task = asyncio.create_task(world.database.write(OPERATOR, work))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    world.server.run(go_away())
    assert kept(world, "gone") == 0


@pytest.mark.parametrize("query", ["SELECT 1 / 0", "SELECT 1"])
def test_a_connection_is_used_again_after_a_refusal(world: World, query: Any) -> None:
    """Closing it would undo too, and cost a new one for each refused request."""
    used: list[Any] = []

    async def work(tx: Transaction) -> None:
        used.append(tx.connection)
        await tx.first(query)
        raise LookupError

    async def refused() -> None:
        with pytest.raises((LookupError, psycopg.errors.DivisionByZero)):
            await world.database.write(OPERATOR, work)

    world.server.run(refused())
    assert not used[0].closed


def test_a_refusal_leaves_no_second_one_in_the_log(world: World, server_log: LogFile) -> None:
    """Whoever catches what PostgreSQL refuses has seen it; that the rest of the pipeline was left out is no news."""

    async def work(tx: Transaction) -> None:
        refused = await tx.send("SELECT 1 / (random() * 0)::int AS n FROM pg_sleep(0.1)")
        await tx.send(COUNT, slug="left out")
        await refused.one()

    with pytest.raises(psycopg.errors.DivisionByZero):
        world.do(work)
    assert "warning" not in server_log.text


@pytest.mark.parametrize("noticed", ["at once", "at the end"])
def test_what_was_to_be_prepared_when_something_was_refused_is_asked_again(database_url: str, noticed: str) -> None:
    """psycopg prepares a statement at its third time; one that was left out then with the rest of the pipeline is not prepared."""

    async def refuse(tx: Transaction) -> None:
        refused = await tx.send("SELECT 1 / (random() * 0)::int AS n FROM pg_sleep(0.1)")
        await tx.send("SELECT 40 + 2 AS n")
        if noticed == "at once":
            await refused.one()

    async def ask(tx: Transaction) -> int:
        return int((await tx.one("SELECT 40 + 2 AS n"))["n"])

    async def work() -> list[int]:
        database = database_on(postgres.serving(database_url), 1)
        await database.open()
        try:
            before = [await database.write(OPERATOR, ask) for _ in range(2)]
            with pytest.raises(psycopg.errors.DivisionByZero):
                await database.write(OPERATOR, refuse)
            return [*before, *[await database.write(OPERATOR, ask) for _ in range(4)]]
        finally:
            await database.close()

    assert asyncio.run(work()) == [42] * 6


def test_who_asks_for_the_same_job_in_one_moment_is_no_warning(world: World, server_log: LogFile) -> None:
    """As server processes do that hear of the same change: one of them is told that the job waits already."""
    job, queue = Job("nobody.does_this_either"), Queue(world.database)

    async def ask() -> None:
        await asyncio.gather(*(queue.once(job, "subject") for _ in range(5)))

    world.server.run(ask())
    assert "warning" not in server_log.text
