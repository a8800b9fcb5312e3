"""A job that fails says why, and never more than the kind of the error."""

import asyncio
from time import monotonic
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import PoolTimeout

from dossier.foundation import jobs
from dossier.foundation.database import Database
from dossier.foundation.jobs import BULK, INDEXING, Job, Lane
from dossier.foundation.services import Services
from tests.many import left_to_ci, some

pytestmark = pytest.mark.long

JOB = Job("x")


def test_a_failed_job_says_why(fresh_database_url: str) -> None:
    """[R3] The error's words may quote a value, so they are kept nowhere."""

    async def fail(_services: Services) -> None:
        raise LookupError("canary of a value")

    async def watch() -> str:
        database = Database(fresh_database_url, max_connections=2)
        await database.open()
        try:
            async with jobs.working(Services(database), {JOB: fail}):
                await database.write(jobs.SYSTEM, lambda tx: JOB.defer(tx))
                while not (row := await _first(fresh_database_url)):  # noqa: ASYNC110 - a row is waited for
                    await asyncio.sleep(0.05)
            return row
        finally:
            await database.close()

    assert asyncio.run(asyncio.wait_for(watch(), 20)) == "LookupError"


@left_to_ci(
    "waits until a job was tried four times",
    "foundation/test_jobs.py::test_what_came_of_a_job_is_kept_once_there_is_room",
)
def test_after_a_full_disk_work_goes_on_at_once(fresh_database_url: str) -> None:
    """[R1 R10] However often a job failed because the database had no room: what was waiting is done seconds after it has some."""
    tried = []

    async def work(_services: Services) -> None:
        tried.append(monotonic())
        if len(tried) < 4:
            raise errors.DiskFull("no room")

    async def watch() -> None:
        database = Database(fresh_database_url, max_connections=2)
        await database.open()
        try:
            async with jobs.working(Services(database), {JOB: work}):
                await database.write(jobs.SYSTEM, lambda tx: JOB.defer(tx))
                while len(tried) < 4:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(watch(), 60))
    assert tried[3] - tried[2] < jobs.SOON_SECONDS * 1.5 + jobs.LOOK_EVERY + 2


@left_to_ci("waits until a job is tried again")
def test_a_job_that_fails_while_the_same_waits_leaves_it_the_turn(fresh_database_url: str) -> None:
    """[R1 R3] It could not go back to where it came from, stayed under way for good, and nobody else had the turn."""
    tried = []

    async def watch() -> None:
        database = Database(fresh_database_url, max_connections=2)
        await database.open()

        async def work(_services: Services) -> None:
            tried.append(monotonic())
            if len(tried) == 1:
                await queue.once(JOB, "same")
                raise errors.DiskFull("no room")

        try:
            async with jobs.working(Services(database), {JOB: work}) as queue:
                await queue.once(JOB, "same")
                while len(tried) < 2 or await _left(fresh_database_url):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(watch(), 30))


FULL = """
CREATE SEQUENCE tries;
CREATE FUNCTION full_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.status = 'doing' AND nextval('tries') < 3 THEN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER full_twice BEFORE UPDATE OR DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION full_twice();
"""


@pytest.mark.parametrize("fails", some([True, False], 2))
def test_what_came_of_a_job_is_kept_once_there_is_room(fresh_database_url: str, fails: bool) -> None:
    """[R1 R3] Else it would stay under way, beside a worker that lives, and hold its lock."""
    tried = []

    async def work(_services: Services) -> None:
        tried.append(monotonic())
        if fails and len(tried) == 1:
            raise LookupError

    async def watch() -> None:
        async with await psycopg.AsyncConnection.connect(fresh_database_url, autocommit=True) as connection:
            await connection.execute(FULL)
        database = Database(fresh_database_url, max_connections=2)
        await database.open()
        try:
            async with jobs.working(Services(database), {JOB: work}) as queue:
                await queue.once(JOB, "one")
                while not tried or await _left(fresh_database_url):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(watch(), 30))
    assert len(tried) == 2 if fails else 1


@pytest.mark.parametrize("lane", [INDEXING, BULK], ids=lambda lane: lane.name)
def test_a_lane_that_is_full_delays_no_other(fresh_database_url: str, lane: Lane) -> None:
    """[R14] Long work takes every place that its lane has, and more waits there: what somebody waits for is done meanwhile."""
    long, short = Job("long", lane), Job("short")
    began: list[str] = []
    ended = asyncio.Event()

    async def take_long(_services: Services) -> None:
        began.append("long")
        await ended.wait()

    async def do_short(_services: Services) -> None:
        began.append("short")

    async def watch() -> None:
        database = Database(fresh_database_url, max_connections=2)
        await database.open()
        try:
            async with jobs.working(Services(database), {long: take_long, short: do_short}):
                for _ in range(lane.at_once + 1):
                    await database.write(jobs.SYSTEM, long.defer)
                while len(began) < lane.at_once:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
                await database.write(jobs.SYSTEM, short.defer)
                while "short" not in began:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
                assert began == ["long"] * lane.at_once + ["short"]
                ended.set()
                while await _left(fresh_database_url):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        finally:
            await database.close()

    asyncio.run(asyncio.wait_for(watch(), 60))


async def _left(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute("SELECT count(*) FROM procrastinate_jobs")).fetchone()
        return row[0] if row else 0


INNOCENT = [errors.DiskFull("x"), errors.AdminShutdown("x"), psycopg.OperationalError("gone"), PoolTimeout("x")]
GUILTY = [errors.QueryCanceled("x"), errors.UniqueViolation("x"), errors.DeadlockDetected("x"), LookupError("x")]


@pytest.mark.parametrize(
    ("error", "again"), [*((each, True) for each in INNOCENT), *((each, False) for each in GUILTY)]
)
def test_only_a_job_s_own_failures_are_counted(error: Exception, again: bool) -> None:
    """[R3] A database that was away for a day gives up no job; what fails by itself is given up after twelve tries."""
    often: Any = type("Job", (), {"task_name": "x", "id": 1, "attempts": 5000})()
    assert (jobs.Later().get_retry_decision(exception=error, job=often) is not None) == again


async def _first(url: str) -> str | None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "SELECT f.reason FROM job_failures f JOIN procrastinate_jobs j ON j.id = f.job_id AND j.attempts = 1"
        )
        row = await cursor.fetchone()
        return row[0] if row else None
