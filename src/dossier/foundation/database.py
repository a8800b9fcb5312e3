"""The only door to PostgreSQL: scoped reading, and one transaction a request or job.

`ReadSession` runs on connections that refuse writes; `Transaction` has no commit, it is kept when its
block ends well. It is pipelined: `send` does not wait, so that the statements of a step share a round trip.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from typing import Any, Literal, LiteralString, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncCursor, AsyncPipeline, errors
from psycopg.errors import QueryCanceled
from psycopg.pq import PipelineStatus
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from dossier.foundation import json
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.clock import Clock, system_clock
from dossier.foundation.connection import Connection, Wall
from dossier.foundation.errors import Unprocessable
from dossier.foundation.events import Subscribers
from dossier.foundation.messages import Message
from dossier.foundation.turns import Turns

__all__ = ["Database", "Jsonb", "ReadSession", "Row", "Topic", "Transaction"]

T = TypeVar("T")
Row = dict[str, Any]

GATE_CONNECTIONS, COSTLY_CONNECTIONS = 3, 4
JOB_CONNECTIONS, LISTENERS = 2, 2  # what all lanes of jobs speak by; who hears of changes, and of jobs
COSTLY_SECONDS = 5  # that a statement of a list, a count or a search may take
_COSTLY = f"-c statement_timeout={COSTLY_SECONDS}s -c plan_cache_mode=force_custom_plan -c work_mem=32MB"
_TOO_COSTLY = Message(
    "This would take longer than {count} seconds: narrow it, by status, template, owner, time, or a field that is indexed.",
    {"count": COSTLY_SECONDS},
)
Lane = Literal["plain", "gate", "costly"]


def connections(each_pool: int) -> int:
    """How many connections of PostgreSQL a server process may take: its pools, its jobs', and those that listen."""
    return 2 * each_pool + GATE_CONNECTIONS + COSTLY_CONNECTIONS + JOB_CONNECTIONS + LISTENERS


MAX_IDLE = 5.0  # seconds after which one more connection of a pool that nobody needed is given back
POOL_WAIT = 3.0  # seconds that a request waits for a connection; then it is answered 503
IDLE = 0.5  # seconds after which a connection is looked at before it is used
_last_loss = 0.0  # when a connection turned out to be dead; those that were used before are looked at
_ENDS = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow, errors.ConnectionException)
_TRIES = 3
_WORTH_ANOTHER_TRY = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)


class Topic(NamedTuple):
    """A thing of a kind, as “case”, that changes are announced of."""

    kind: str
    workspace_id: UUID
    id: UUID


class Result:
    """The rows of a statement that was sent; asking for them waits for it."""

    def __init__(self, cursor: AsyncCursor[DictRow]) -> None:
        self._cursor = cursor

    async def all(self) -> list[Row]:
        return await self._cursor.fetchall()

    async def first(self) -> Row | None:
        return await self._cursor.fetchone()

    async def one(self) -> Row:
        row = await self._cursor.fetchone()
        assert row is not None, "the statement always gives a row"
        return row


def array_of(ids: Iterable[UUID]) -> str:
    """A uuid[] as text, for a place in a statement that can be nothing else: psycopg would look at each, and at its type."""
    return "{" + ",".join(map(str, ids)) + "}"


@lru_cache(maxsize=1024)
def _array(ids: tuple[UUID, ...]) -> str:
    return array_of(ids)


class ReadSession:
    """Statements inside a scope: `%(scope)s` stands for the workspaces that may be touched, `%(only_owner)s` for whose things (null: all)."""

    def __init__(self, connection: Connection, scope: Scope, observe: Callable[[str], None], wall: Wall) -> None:
        self._connection = connection
        self._wall = wall
        self._observe = observe
        self._workspaces = _array(scope.workspaces)
        self._visible = "*" if scope.whole else self._workspaces
        self._owner = scope.owner
        self.scope = scope

    def whole(self) -> "ReadSession":
        """The same with nothing hidden: for what is about a member everywhere they work."""
        return ReadSession(self._connection, SERVER, self._observe, self._wall)

    async def send(self, query: LiteralString, **values: Any) -> Result:
        """Send a statement without waiting for it; an error shows when a result is asked for, or at the end."""
        self._observe(query)
        await self._wall.let_see(self._visible)
        values["scope"], values["only_owner"] = self._workspaces, self._owner
        return Result(await self._connection.execute(query, values))

    async def plan(self, query: LiteralString, **values: Any) -> Result:
        """Send a statement that is planned for these very values, as a list's conditions deserve."""
        self._observe(query)
        await self._wall.let_see(self._visible)
        values["scope"], values["only_owner"] = self._workspaces, self._owner
        return Result(await self._connection.execute(query, values, prepare=False))

    async def all(self, query: LiteralString, **values: Any) -> list[Row]:
        """Every row."""
        return await (await self._ask(query, values)).all()

    async def first(self, query: LiteralString, **values: Any) -> Row | None:
        """The first row, or None."""
        return await (await self._ask(query, values)).first()

    async def one(self, query: LiteralString, **values: Any) -> Row:
        """The row of a statement that always gives one."""
        return await (await self._ask(query, values)).one()

    async def _ask(self, query: LiteralString, values: dict[str, Any]) -> Result:
        with self._connection.together():
            return await self.send(query, **values)


class Transaction(ReadSession):
    """A reading that may also change things, for one actor. Kept as a whole, or not at all."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        observe: Callable[[str], None],
        clock: Clock,
        subscribers: Subscribers,
        wall: Wall,
    ) -> None:
        super().__init__(connection, actor.scope, observe, wall)
        self.actor = actor
        self.clock = clock
        self.subscribers = subscribers
        self.connection = connection  # for Job.defer only
        self.announced: set[Topic] = set()

    def together(self) -> AbstractContextManager[None]:
        """What is sent in the block leaves with the next statement."""
        return self.connection.together()

    def announce(self, topic: Topic) -> None:
        """Let who listens to the topic know that the thing changed, once this is kept."""
        self.announced.add(topic)

    def within(self, scope: Scope) -> "Transaction":
        """The same transaction with another scope: for the server's operator, whose own covers nothing."""
        return self.acting(replace(self.actor, scope=scope))

    def acting(self, actor: Actor) -> "Transaction":
        """The same transaction for another actor: what a job goes on with, somebody has begun."""
        transaction = Transaction(self.connection, actor, self._observe, self.clock, self.subscribers, self._wall)
        transaction.announced = self.announced
        return transaction


@dataclass
class _Lent:
    """A connection of a pool for a block. The pool's own `connection()` also ends a transaction, of which ours have none
    open by then (they are autocommit, and a pipeline ends its own): a tenth of a short read.
    """

    pool: AsyncConnectionPool[Connection]

    async def __aenter__(self) -> Connection:
        self.connection = await self.pool.getconn()
        return self.connection

    async def __aexit__(self, *_error: object) -> None:
        await self.pool.putconn(self.connection)


def _ignore(_query: str) -> None:
    return None


@dataclass
class Database:
    """Two pools on one PostgreSQL: one that reads only, one that writes.

    `observe` is told every statement (metrics; tests count with it); `subscribers` is the table of `dossier.app`.
    """

    conninfo: str
    max_connections: int = 10
    clock: Clock = system_clock
    subscribers: Subscribers = field(default_factory=dict)
    observe: Callable[[str], None] = _ignore
    announced: set[Topic] = field(default_factory=set)  # by transactions that were kept; `foundation.pubsub` takes it

    def __post_init__(self) -> None:
        read_only = "-c default_transaction_read_only=on"
        self._readers: Mapping[Lane, AsyncConnectionPool[Connection]] = {
            "plain": self._pool(read_only, self.max_connections),
            "gate": self._pool(read_only, GATE_CONNECTIONS),
            "costly": self._pool(f"{read_only} {_COSTLY}", COSTLY_CONNECTIONS, least=0),
        }
        self._writers = self._pool("", self.max_connections)
        self._turns = Turns(COSTLY_CONNECTIONS)

    def _pool(self, options: str, most: int, least: int = 1) -> AsyncConnectionPool[Connection]:
        return AsyncConnectionPool(
            self.conninfo,
            connection_class=Connection,
            kwargs={
                "autocommit": True,
                "prepare_threshold": 2,
                "row_factory": dict_row,
                "application_name": "dossier",
                # Most statements go by key, and one plan fits all; making one for each array of workspaces took a
                # tenth of an update. A list with conditions asks for a plan of its own (`Reading.plan`).
                "options": "-c timezone=UTC -c statement_timeout=30s -c lock_timeout=15s"
                f" -c plan_cache_mode=force_generic_plan -c dossier.scope={{}} {options}",
            },
            configure=_configure,
            min_size=least,
            max_size=most,
            open=False,
            timeout=POOL_WAIT,
            max_idle=MAX_IDLE,
            reconnect_timeout=POOL_WAIT,  # then whoever asks next tries anew: the pool's own tries grow twice as rare each time
            check=_check,
        )

    async def open(self) -> None:
        for pool in (*self._readers.values(), self._writers):
            await pool.open(wait=True)

    async def close(self) -> None:
        for pool in (*self._readers.values(), self._writers):
            await pool.close()

    @asynccontextmanager
    async def reading(self, scope: Scope, lane: Lane = "plain") -> AsyncIterator[ReadSession]:
        """A connection that only reads, each statement seeing the latest state.

        `gate`: to find out who asks; nobody's reads hold that up. `costly`: what may look at every case, with few
        connections, three at a time for a workspace (429), and the next one for who has fewest, and five seconds for a statement (422).
        """
        if lane != "costly":
            async with _Lent(self._readers[lane]) as connection:
                yield ReadSession(connection, scope, self.observe, connection.wall)
            return
        async with self._turns.turns(scope.workspaces), _Lent(self._readers[lane]) as connection:
            try:
                yield ReadSession(connection, scope, self.observe, connection.wall)
            except QueryCanceled:
                raise Unprocessable.because(_TOO_COSTLY, "too_costly") from None

    @asynccontextmanager
    async def transaction(
        self, actor: Actor, *, commit: bool = True, derived: bool = False
    ) -> AsyncIterator[Transaction]:
        """One transaction: kept when the block ends well (and `commit`), undone when it raises.

        `derived`: all that it writes follows from what is kept elsewhere, and what says that it is still to be made goes
        with it. The disk is not waited for: of a machine that loses its power, the last half second of these is made again.
        """
        # What a pipeline sends until its end is one transaction, without BEGIN and COMMIT (PostgreSQL's manual, libpq,
        # "Pipeline Mode"): two round trips and two statements an update. A pipeline inside would end it early;
        # tests/foundation/test_database.py holds that nothing we send does.
        async with _Lent(self._writers) as connection:
            wall = connection.wall
            with wall.until_undone():
                async with connection.pipeline() as pipeline:
                    transaction = Transaction(connection, actor, self.observe, self.clock, self.subscribers, wall)
                    try:
                        if derived:
                            await _do_not_wait_for_disk(connection)
                        yield transaction
                        if not commit:
                            wall.forget()
                            await _undo(connection, pipeline)
                    except BaseException:
                        await _undo(connection, pipeline)
                        raise
        if commit:
            self.announced |= transaction.announced

    async def write(
        self, actor: Actor, work: Callable[[Transaction], Awaitable[T]], *, commit: bool = True, derived: bool = False
    ) -> T:
        """`work` in a transaction of its own, again (3 tries at most) when another one got in its way."""
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                async with self.transaction(actor, commit=commit, derived=derived) as transaction:
                    result = await work(transaction)
            except _WORTH_ANOTHER_TRY:
                if not tries_left:
                    raise
            else:
                return result
        raise AssertionError

    async def notify(self, channel: str, payloads: Sequence[str]) -> None:
        """Tell every process that listens to the channel."""
        async with _Lent(self._writers) as connection:
            await connection.execute("SELECT pg_notify(%s, each) FROM unnest(%s::text[]) AS each", [channel, payloads])


async def _do_not_wait_for_disk(connection: Connection) -> None:
    with connection.together():
        await connection.execute("SELECT set_config('synchronous_commit', 'off', true)")


async def _undo(connection: Connection, pipeline: AsyncPipeline) -> None:
    """Before the end of the pipeline, which keeps what is not undone. A connection that cannot undo is closed, which does.

    What PostgreSQL refused it has undone itself, and left out what was sent after it; psycopg would warn of these.
    """
    try:
        if connection.pgconn.pipeline_status == PipelineStatus.ABORTED:
            with suppress(errors.PipelineAborted):
                await pipeline.sync()
        else:
            await connection.execute("BEGIN", prepare=False)  # else ROLLBACK would leave a warning in the server's log
            await connection.execute("ROLLBACK", prepare=False)
    except BaseException:
        await connection.close()
        raise


async def _check(connection: Connection) -> None:
    """Whether a connection that lay idle is still there: after a restart of the database the first request finds out here."""
    now, last = monotonic(), connection.last_used
    if now - last > IDLE or last <= _last_loss:
        await AsyncConnectionPool.check_connection(connection)
    connection.last_used = now


def is_lost(error: errors.OperationalError) -> bool:
    """Whether the error is the end of a connection, as when the database restarts; the others are looked at then."""
    global _last_loss  # noqa: PLW0603 - of the process, as the connections are
    lost = not isinstance(error, PoolTimeout) and (error.sqlstate is None or isinstance(error, _ENDS))
    if lost:
        _last_loss = monotonic()
    return lost


async def _configure(connection: Connection) -> None:
    set_json_loads(json.decode_stored, connection)
    set_json_dumps(json.encode, connection)
