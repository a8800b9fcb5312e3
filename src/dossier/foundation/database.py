"""The only door to PostgreSQL: scoped reading, and one transaction a request or job.

`Reading` runs on connections that refuse writes; `Transaction` has no commit, it is kept when its
block ends well. It is pipelined: `send` does not wait, so that the statements of a step share a round trip.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

from dossier.foundation import json
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.clock import Clock, system_clock
from dossier.foundation.events import Reactions

__all__ = ["Database", "Jsonb", "Reading", "Row", "Transaction"]

T = TypeVar("T")
Row = dict[str, Any]
Connection = AsyncConnection[DictRow]

_TRIES = 3
_WORTH_ANOTHER_TRY = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)


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


class Reading:
    """Statements inside a scope: `%(scope)s` stands for the workspaces that may be touched, `%(only_owner)s` for whose cases (null: all)."""

    def __init__(self, connection: Connection, scope: Scope, observe: Callable[[str], None]) -> None:
        self._connection = connection
        self._observe = observe
        self._workspaces = "{" + ",".join(map(str, scope.workspaces)) + "}"  # a uuid[] that need not be dumped again
        self._owner = scope.owner
        self.scope = scope

    async def send(self, query: LiteralString, **values: Any) -> Result:
        """Send a statement without waiting for it; an error shows when a result is asked for, or at the end."""
        self._observe(query)
        values["scope"], values["only_owner"] = self._workspaces, self._owner
        return Result(await self._connection.execute(query, values))

    async def plan(self, query: LiteralString, **values: Any) -> Result:
        """Send a statement that is planned for these very values, as a list's conditions deserve."""
        self._observe(query)
        values["scope"], values["only_owner"] = self._workspaces, self._owner
        return Result(await self._connection.execute(query, values, prepare=False))

    async def all(self, query: LiteralString, **values: Any) -> list[Row]:
        """Every row."""
        return await (await self.send(query, **values)).all()

    async def first(self, query: LiteralString, **values: Any) -> Row | None:
        """The first row, or None."""
        return await (await self.send(query, **values)).first()

    async def one(self, query: LiteralString, **values: Any) -> Row:
        """The row of a statement that always gives one."""
        return await (await self.send(query, **values)).one()


class Transaction(Reading):
    """A reading that may also change things, for one actor. Kept as a whole, or not at all."""

    def __init__(
        self, connection: Connection, actor: Actor, observe: Callable[[str], None], clock: Clock, reactions: Reactions
    ) -> None:
        super().__init__(connection, actor.scope, observe)
        self.actor = actor
        self.clock = clock
        self.reactions = reactions
        self.connection = connection  # for jobs.enqueue only
        self.told: set[tuple[UUID, UUID]] = set()

    def tell(self, workspace_id: UUID, id: UUID) -> None:
        """Let everybody who looks at this thing of the workspace know that it changed, once this is kept."""
        self.told.add((workspace_id, id))

    def within(self, scope: Scope) -> "Transaction":
        """The same transaction with another scope: for the server's operator, whose own covers nothing."""
        actor = replace(self.actor, scope=scope)
        transaction = Transaction(self.connection, actor, self._observe, self.clock, self.reactions)
        transaction.told = self.told
        return transaction


def _ignore(_query: str) -> None:
    return None


@dataclass
class Database:
    """Two pools on one PostgreSQL: one that reads only, one that writes.

    `observe` is told every statement (metrics; tests count with it); `reactions` is the table of `dossier.app`.
    """

    conninfo: str
    max_connections: int = 10
    clock: Clock = system_clock
    reactions: Reactions = field(default_factory=dict)
    observe: Callable[[str], None] = _ignore
    told: set[tuple[UUID, UUID]] = field(default_factory=set)  # what transactions told; `foundation.live` takes it

    def __post_init__(self) -> None:
        self._readers = self._pool("-c default_transaction_read_only=on")
        self._writers = self._pool("")

    def _pool(self, options: str) -> AsyncConnectionPool[Connection]:
        return AsyncConnectionPool(
            self.conninfo,
            connection_class=AsyncConnection[DictRow],
            kwargs={
                "autocommit": True,
                "prepare_threshold": 2,
                "row_factory": dict_row,
                "application_name": "dossier",
                # Most statements go by key, and one plan fits all; making one for each array of workspaces took a
                # tenth of an update. A list with conditions asks for a plan of its own (`Reading.plan`).
                "options": "-c timezone=UTC -c statement_timeout=30s -c lock_timeout=15s"
                f" -c plan_cache_mode=force_generic_plan {options}",
            },
            configure=_configure,
            min_size=1,
            max_size=self.max_connections,
            open=False,
            timeout=20,
        )

    async def open(self) -> None:
        await self._readers.open(wait=True)
        await self._writers.open(wait=True)

    async def close(self) -> None:
        await self._readers.close()
        await self._writers.close()

    @asynccontextmanager
    async def reading(self, scope: Scope) -> AsyncIterator[Reading]:
        """A connection that only reads, each statement seeing the latest state."""
        async with self._readers.connection() as connection:
            yield Reading(connection, scope, self.observe)

    @asynccontextmanager
    async def transaction(self, actor: Actor, *, keep: bool = True) -> AsyncIterator[Transaction]:
        """One transaction: kept when the block ends well (and `keep`), undone when it raises."""
        # What a pipeline sends until its end is one transaction, without BEGIN and COMMIT (PostgreSQL's manual, libpq,
        # "Pipeline Mode"): two round trips and two statements an update. A pipeline inside would end it early;
        # tests/foundation/test_database.py holds that nothing we send does.
        async with self._writers.connection() as connection, connection.pipeline():
            transaction = Transaction(connection, actor, self.observe, self.clock, self.reactions)
            try:
                yield transaction
                if not keep:
                    await _undo(connection)
            except BaseException:
                await _undo(connection)
                raise
        if keep:
            self.told |= transaction.told

    async def write(self, actor: Actor, work: Callable[[Transaction], Awaitable[T]], *, keep: bool = True) -> T:
        """`work` in a transaction of its own, again (3 tries at most) when another one got in its way."""
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                async with self.transaction(actor, keep=keep) as transaction:
                    result = await work(transaction)
            except _WORTH_ANOTHER_TRY:
                if not tries_left:
                    raise
            else:
                return result
        raise AssertionError

    async def notify(self, channel: str, payloads: Sequence[str]) -> None:
        """Tell every process that listens to the channel."""
        async with self._writers.connection() as connection:
            await connection.execute("SELECT pg_notify(%s, each) FROM unnest(%s::text[]) AS each", [channel, payloads])


async def _undo(connection: Connection) -> None:
    """Before the end of the pipeline, which keeps what is not undone. A connection that cannot undo is closed, which does."""
    try:
        await connection.execute("BEGIN", prepare=False)  # else ROLLBACK would leave a warning in the server's log
        await connection.execute("ROLLBACK", prepare=False)
    except BaseException:
        await connection.close()
        raise


async def _configure(connection: Connection) -> None:
    set_json_loads(json.decode_stored, connection)
    set_json_dumps(json.encode, connection)
