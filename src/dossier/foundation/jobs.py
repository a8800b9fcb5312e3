"""Work done later: enqueued in the transaction that asks for it, done at least once, by any server on the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from dossier.foundation.database import Database, Transaction

log = structlog.get_logger()

_enqueuer = App(connector=PsycopgConnector())  # never opened: each call brings the connection of its transaction


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: its name, what does it, and when it comes by itself (`cron`: minute hour day month weekday)."""

    name: str
    work: Callable[..., Awaitable[None]]
    cron: str | None = None


async def enqueue(transaction: Transaction, name: str, **arguments: str) -> None:
    """Ask for a job. It exists only if the transaction is kept; its arguments are ids."""
    task = _enqueuer.configure_task(name, allow_unknown=True, connection=transaction.connection)
    await task.defer_async(**arguments)


@dataclass
class Queue:
    """Asks for work that needs doing once however often it is asked for, outside of any transaction."""

    app: App

    async def once(self, name: str, subject: str, **arguments: str) -> None:
        """One more run about the subject after now; nothing when one is waiting already. Runs never overlap."""
        lock = f"{name}:{subject}"
        task = self.app.configure_task(name, queueing_lock=lock, lock=lock)
        with suppress(AlreadyEnqueued):
            await task.defer_async(**arguments)


@asynccontextmanager
async def working(database: Database, jobs: Sequence[Job]) -> AsyncIterator["Queue"]:
    """Work on jobs in the background while the block runs; what is under way is finished before it ends."""
    app = queue(database, jobs)
    async with app.open_async():
        worker = asyncio.create_task(_work(app))
        try:
            yield Queue(app)
        finally:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker


def queue(database: Database, jobs: Sequence[Job]) -> App:
    """The job queue on a database, with all its kinds of work."""
    app = App(connector=PsycopgConnector(conninfo=database.conninfo, min_size=1, max_size=2))
    for job in jobs:
        _register(app, database, job)
    return app


async def _work(app: App) -> None:
    await app.run_worker_async(
        concurrency=1,
        install_signal_handlers=False,
        listen_notify=True,
        delete_jobs="successful",
        shutdown_graceful_timeout=10,
    )


def _register(app: App, database: Database, job: Job) -> None:
    async def task(**arguments: Any) -> None:
        arguments.pop("timestamp", None)  # what periodic jobs are told
        log.debug("job", name=job.name)
        await job.work(database, **arguments)

    registered = app.task(name=job.name, retry=5, queueing_lock=job.name if job.cron else None)(task)
    if job.cron:
        app.periodic(cron=job.cron)(registered)  # type: ignore[arg-type]
