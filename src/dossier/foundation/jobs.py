"""Work done later: enqueued in the transaction that asks for it, done at least once, by any server on the database."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from psycopg.errors import DiskFull, QueryCanceled
from psycopg_pool import AsyncConnectionPool

from dossier.foundation.actor import system
from dossier.foundation.database import JOB_CONNECTIONS, MAX_IDLE, Database, ReadSession, Row, Topic, Transaction
from dossier.foundation.job_listening import Hearing, Listening
from dossier.foundation.services import Services
from dossier.foundation.supervision import supervised

log = structlog.get_logger()

HEARTBEAT = 1.5  # seconds between two signs of life of a worker
STALLED = 6.0  # seconds without one, after which its jobs are given to others
WAIT_SECONDS = 5.0  # that a connection is waited for
TRIES = 12
MAX_WAIT = 600  # seconds between two tries
SOON_SECONDS = 3.0  # seconds, after the database was to blame; such tries are not counted
PERSIST_EVERY, PERSIST_TRIES = 0.5, 120  # seconds, and how often it is tried to keep what came of a job
LOOK_EVERY = 1.5  # seconds between two looks for jobs whose time has come
FOLLOWS_EVERY = 1.0  # seconds between two jobs for changes in one workspace
_CANNOT_WORK = ("08", "53", "57", "58")
"""Classes of errors: connection, resources (a full disk), intervention of an operator (a stop), system (an I/O error)."""

_enqueuer = App(connector=PsycopgConnector())  # never opened: each call brings the connection of its transaction
SYSTEM = system()


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue with a worker of its own: its name, and how many of its jobs run at a time in a process."""

    name: str
    at_once: int


SWIFT = Lane("default", 4)  # what somebody waits for
INDEXING = Lane("search", 2)  # a storm of changes holds up no message
BULK = Lane("bulk", 3)  # what takes minutes; one large workspace does not hold up the others
EXPORTS = Lane("exports", 2)  # files of lists: what takes minutes too, and somebody waits for
DRAWING = Lane("files", 1)  # pictures of what was sent: a whole processor each
MAIL = Lane("messages", 2)  # who waits for a mail server holds up nobody
CALLS = Lane("calls", 4)  # of other systems; one that is slow holds up no other work
LANES = (SWIFT, INDEXING, BULK, EXPORTS, DRAWING, MAIL, CALLS)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: its name and its lane.

    It comes by itself at times (`cron`: minute hour day month weekday), or when something of a kind of topic changed
    (`follows`): for each workspace, which is its argument, once a second at most.
    """

    name: str
    lane: Lane = SWIFT
    cron: str | None = None
    follows: str | None = None

    async def defer(self, transaction: Transaction, **arguments: str) -> None:
        """Ask for it. It is done only if the transaction is kept; its arguments are ids."""
        task = _enqueuer.configure_task(
            self.name, allow_unknown=True, queue=self.lane.name, connection=transaction.connection
        )
        await task.defer_async(**arguments)


Jobs = Mapping[Job, Callable[..., Awaitable[None]]]
"""What does each kind of work: a function of the services and the arguments. It may be done twice."""


@dataclass
class Queue:
    """Asks for work that needs doing once however often it is asked for, outside of any transaction."""

    database: Database

    async def once(self, job: Job, subject: str, **arguments: str) -> None:
        """One more run about the subject after now; nothing when one is waiting already. Runs never overlap."""
        lock = f"{job.name}:{subject}"
        with suppress(AlreadyEnqueued):
            async with self.database.transaction(SYSTEM) as transaction:
                task = _enqueuer.configure_task(
                    job.name,
                    allow_unknown=True,
                    queue=job.lane.name,
                    queueing_lock=lock,
                    lock=lock,
                    connection=transaction.connection,
                )
                await task.defer_async(**arguments)


@dataclass
class Follower:
    """Asks for a job where something changed that it follows."""

    queue: Queue
    job: Job
    waiting: set[UUID] = field(default_factory=set)  # workspaces
    asked: dict[UUID, float] = field(default_factory=dict)  # when, by workspace

    async def __call__(self, topics: Set[Topic]) -> None:
        self.waiting |= {each.workspace_id for each in topics}
        for workspace in list(self.waiting):
            if monotonic() - self.asked.get(workspace, 0) >= FOLLOWS_EVERY:
                await self.queue.once(self.job, str(workspace), workspace=str(workspace))
                self.waiting.discard(workspace)
                self.asked[workspace] = monotonic()


def followers(queue: Queue, jobs: Jobs) -> Mapping[str, Sequence[Follower]]:
    """Who asks for the jobs that follow changes, by kind of topic."""
    kinds = {job.follows for job in jobs if job.follows}
    return {kind: [Follower(queue, job) for job in jobs if job.follows == kind] for kind in kinds}


class Later(BaseRetryStrategy):
    """Tries again after 2, 4, 8 … seconds, ten minutes at most, never in step with others; then the job stays as failed.

    While the database cannot work (it is full, stops, or is gone) it tries every few seconds: the job did nothing wrong.
    """

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        log.warning("job failed", job=job.task_name, id=job.id, error=type(exception).__name__, attempts=job.attempts)
        is_innocent = cannot_work(exception)
        if job.attempts + 1 >= TRIES and not is_innocent:
            return None
        wait = SOON_SECONDS if is_innocent else min(2 ** (job.attempts + 1), MAX_WAIT)
        return RetryDecision(retry_in={"seconds": max(1, round(wait * random.uniform(0.5, 1.5)))})  # noqa: S311


def cannot_work(error: BaseException) -> bool:
    """Whether an error says that the database has no room, stops or is gone, and nothing of what was asked."""
    if not isinstance(error, psycopg.OperationalError):
        return False
    return error.sqlstate is None or (error.sqlstate[:2] in _CANNOT_WORK and not isinstance(error, QueryCanceled))


class _Outcomes(JobManager):
    """Keeps what came of a job, also when the database cannot take it at once: one that stayed under way, beside a worker
    that lives, would hold its lock for good.
    """

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        await _persist(partial(super().finish_job_by_id_async, job_id, status, delete_job))

    async def retry_job_by_id_async(self, job_id: int, *arguments: Any, **more: Any) -> None:
        """Where the same waits already, it is that one that runs."""
        try:
            await _persist(partial(super().retry_job_by_id_async, job_id, *arguments, **more))
        except UniqueViolation:
            await self.finish_job_by_id_async(job_id, Status.ABORTED, delete_job=True)


async def _persist(write: Callable[[], Awaitable[None]]) -> None:
    """Again while there is no room. A worker that lost its connection ends, and what it had under way runs again."""
    for tries_left in range(PERSIST_TRIES - 1, -1, -1):
        try:
            await write()
        except ConnectorException as error:
            if not (tries_left and isinstance(error.__cause__, DiskFull)):
                raise
            await asyncio.sleep(PERSIST_EVERY)
        else:
            return


@asynccontextmanager
async def working(services: Services, jobs: Jobs) -> AsyncIterator[Queue]:
    """Work on jobs in the background while the block runs; what is under way is finished before it ends."""
    tasks = services.process.tasks
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(_pool(services.database.conninfo))
        listening = Listening(services.database.conninfo, [lane.name for lane in LANES])
        await stack.enter_async_context(supervised("jobs: listener", listening.listen, tasks))
        for lane in LANES:
            work = partial(_work, services, jobs, pool, listening, lane, [])
            await stack.enter_async_context(supervised(f"jobs: {lane.name}", work, tasks))
        await stack.enter_async_context(supervised("jobs: rescue", partial(_rescue, services, jobs, pool), tasks))
        yield Queue(services.database)


def _pool(conninfo: str) -> AsyncConnectionPool[Any]:
    """What all lanes speak with the database by, one statement each time; an idle connection of PostgreSQL takes megabytes.

    The disk is not waited for: jobs are asked for elsewhere, and one whose end was lost runs again, as ever.
    """
    return AsyncConnectionPool(
        conninfo,
        kwargs={"options": "-c synchronous_commit=off"},
        min_size=1,
        max_size=JOB_CONNECTIONS,
        open=False,
        timeout=WAIT_SECONDS,
        reconnect_timeout=WAIT_SECONDS,  # as in `foundation.database`
        max_idle=MAX_IDLE,
        check=AsyncConnectionPool.check_connection,
    )


async def _rescue(services: Services, jobs: Jobs, pool: AsyncConnectionPool[Any]) -> None:
    async with _app(services, jobs).open_async(pool) as app:
        while True:
            await rescue(app)
            await asyncio.sleep(HEARTBEAT)


async def _work(
    services: Services, jobs: Jobs, pool: AsyncConnectionPool[Any], listening: Listening, lane: Lane, gone: list[int]
) -> None:
    """One life of a worker; it ends when it loses its database. What a life before left under way (`gone`) runs again at once."""
    async with _app(services, jobs, lane, listening).open_async(pool) as app:
        await app.connector.execute_query_async("DELETE FROM procrastinate_workers WHERE id = ANY(%(gone)s)", gone=gone)
        gone.clear()
        worker = Worker(
            app=app,
            queues=[lane.name],
            name=lane.name,
            concurrency=lane.at_once,
            install_signal_handlers=False,
            listen_notify=True,
            delete_jobs="successful",
            fetch_job_polling_interval=LOOK_EVERY,
            shutdown_graceful_timeout=10,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
        )
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        finally:
            gone.extend([worker.worker_id] if worker.worker_id else [])


async def rescue(app: App) -> None:
    """Jobs that were running when their server was killed run again; where the same waits already, they are given up."""
    began = monotonic()
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
    if monotonic() - began > HEARTBEAT:
        return  # the database was held, and so was every sign of life
    for job in stalled:
        log.warning("job runs again", job=job.task_name, id=job.id)
        await app.job_manager.retry_job(job)


def forget_workers(conninfo: str) -> None:
    """None of them lives: for who has sole use of the database and starts. Their jobs run again at once."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("DELETE FROM procrastinate_workers")


def _app(services: Services, jobs: Jobs, lane: Lane | None = None, listening: Listening | None = None) -> App:
    """The job queue on the database, with all its kinds of work; a lane's app brings what comes by itself there."""
    app = App(connector=Hearing(listening))
    app.job_manager = _Outcomes(app.connector)
    for job, work in jobs.items():
        _register(app, services, job, work, lane)
    return app


def _register(app: App, services: Services, job: Job, work: Callable[..., Awaitable[None]], lane: Lane | None) -> None:
    async def task(context: JobContext, /, **arguments: Any) -> None:
        arguments.pop("timestamp", None)  # what periodic jobs are told
        log.debug("job", name=job.name)
        try:
            await work(services, **arguments)
        except Exception as error:
            await _note(services.database, context.job.id, type(error).__name__)
            raise

    lock = job.name if job.cron else None
    registered = app.task(name=job.name, queue=job.lane.name, retry=Later(), queueing_lock=lock, pass_context=True)(
        task
    )
    if job.cron and job.lane == lane:
        app.periodic(cron=job.cron)(registered)  # type: ignore[arg-type]


async def _note(database: Database, id: int | None, reason: str) -> None:
    """Why a job failed; not known when the database was the reason."""
    with suppress(Exception):
        await database.write(SYSTEM, lambda tx: _write_reason(tx, id, reason))


async def _write_reason(transaction: Transaction, id: int | None, reason: str) -> None:
    await transaction.send(
        """
        INSERT INTO job_failures (job_id, at, reason) VALUES (%(id)s, now(), %(reason)s)
        ON CONFLICT (job_id) DO UPDATE SET at = excluded.at, reason = excluded.reason
        """,
        id=id,
        reason=reason,
    )


# ---- what waits, for those who look ----

STATE = """
SELECT coalesce(max(waits) FILTER (WHERE queue_name NOT IN ('bulk', 'exports', 'files')), 0)::float AS oldest,
       coalesce(max(waits) FILTER (WHERE queue_name IN ('bulk', 'exports', 'files')), 0)::float AS oldest_bulk,
       count(*) FILTER (WHERE status = 'todo') AS waiting, count(*) FILTER (WHERE status = 'failed') AS failed,
       count(*) FILTER (WHERE status = 'doing' AND since < now() - interval '1 minute' AND (last_heartbeat IS NULL
         OR last_heartbeat < now() - interval '1 minute'
         OR since < now() - CASE WHEN queue_name IN ('bulk', 'exports', 'files') THEN interval '6 hours' ELSE interval '30 minutes' END)) AS stuck,
       (SELECT extract(epoch FROM now() - max(last_heartbeat))::float FROM procrastinate_workers) AS heartbeat
FROM (SELECT j.queue_name, j.status, w.last_heartbeat, e.since,
             CASE WHEN j.status = 'todo' AND d.lock IS NULL THEN extract(epoch FROM now() - coalesce(j.scheduled_at, e.since)) END AS waits
      FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
      LEFT JOIN procrastinate_jobs d ON d.lock = j.lock AND d.status = 'doing'
      LEFT JOIN LATERAL (SELECT max(at) AS since FROM procrastinate_events WHERE job_id = j.id) e ON true
      WHERE j.status = 'failed' OR j.status = 'doing' OR j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()) AS jobs
"""
"""One row: seconds that the oldest due job has waited (not those whose turn comes after another's), how many wait, have
failed, or do not end, seconds since a worker's sign of life."""


_MINE = "(%(everywhere)s OR args ->> 'workspace' = ANY(%(scope)s::uuid[]::text[]))"
"""Jobs name the workspace that they are about in their arguments; `everywhere`: for the server's operator."""


async def listed(reading: ReadSession, *, failed: bool, everywhere: bool) -> list[Row]:
    """The jobs that wait, run or have failed, the oldest first, of the scope or of all: `{id, job, lane, status, tries, due, reason}`."""
    return await reading.all(
        f"""
        SELECT id, task_name AS job, queue_name AS lane, status::text, attempts AS tries, scheduled_at AS due, f.reason
        FROM procrastinate_jobs LEFT JOIN job_failures f ON f.job_id = id
        WHERE status IN ('todo', 'doing', 'failed') AND (NOT %(failed)s OR status = 'failed') AND {_MINE}
        ORDER BY id LIMIT 1000
        """,  # noqa: S608 - of constants, here and below
        failed=failed,
        everywhere=everywhere,
    )


async def asked(reading: ReadSession, job: Job, argument: str) -> list[str]:
    """What the jobs of a kind that are not done are about, by one of their arguments."""
    rows = await reading.all(
        "SELECT args ->> %(argument)s AS about FROM procrastinate_jobs"
        " WHERE task_name = %(name)s AND status IN ('todo', 'doing', 'failed')"
        " AND args ? %(argument)s",
        name=job.name,
        argument=argument,
    )
    return [row["about"] for row in rows]


async def retry(transaction: Transaction, id: int, *, everywhere: bool) -> Row | None:
    """Let a job that failed run again: `{name, workspace}`; None when there is none in reach. Where the same waits already, it is that one that runs."""
    return await transaction.first(
        f"""
        WITH found AS (
          SELECT id, task_name AS name, args ->> 'workspace' AS workspace, EXISTS (SELECT FROM procrastinate_jobs w WHERE w.status = 'todo' AND w.queueing_lock = j.queueing_lock) AS waits
          FROM procrastinate_jobs j WHERE id = %(id)s AND status IN ('failed', 'aborted', 'cancelled') AND {_MINE} FOR UPDATE
        ), gone AS (DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM found WHERE waits)), again AS (
          UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
          WHERE id IN (SELECT id FROM found WHERE NOT waits)
        ) SELECT name, workspace FROM found
        """,  # noqa: S608
        id=id,
        everywhere=everywhere,
    )


async def cancel(transaction: Transaction, id: int, *, everywhere: bool) -> Row | None:
    """Give up a job that does not run: `{name, workspace}`; None when there is none in reach."""
    return await transaction.first(
        f"DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status IN ('todo', 'failed') AND {_MINE}"  # noqa: S608
        " RETURNING task_name AS name, args ->> 'workspace' AS workspace",
        id=id,
        everywhere=everywhere,
    )
