"""A job that fails says why, and never more than the kind of the error."""

import asyncio

import psycopg

from dossier.foundation import jobs
from dossier.foundation.database import Database
from dossier.foundation.jobs import Job


def test_a_failed_job_says_why(fresh_database_url: str) -> None:
    """[R3] The error's words may quote a value, so they are kept nowhere."""

    async def fail(_database: Database) -> None:
        raise LookupError("canary of a value")

    async def watch() -> str:
        database = Database(fresh_database_url, max_connections=2)
        await database.open()
        try:
            async with jobs.working(database, [Job("x", fail)], []):
                await database.write(jobs.SYSTEM, lambda tx: jobs.enqueue(tx, "x"))
                while not (row := await _first(fresh_database_url)):  # noqa: ASYNC110 - a row is waited for
                    await asyncio.sleep(0.05)
            return row
        finally:
            await database.close()

    assert asyncio.run(asyncio.wait_for(watch(), 20)) == "LookupError"


async def _first(url: str) -> str | None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "SELECT f.reason FROM job_failures f JOIN procrastinate_jobs j ON j.id = f.job_id AND j.attempts = 1"
        )
        row = await cursor.fetchone()
        return row[0] if row else None
