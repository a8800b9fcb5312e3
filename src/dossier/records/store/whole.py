"""One kept thing, whole: read as it stands, or locked to be changed; many at once without holding others up."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic
from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction, array_of
from dossier.records.model import T


@dataclass(frozen=True)
class Whole(Generic[T]):
    """How things of a kind are read.

    `table`, under an `alias`; `columns`: what is read of one; `source`: `FROM … WHERE …`, with who sees which. `light`:
    SQL that holds for those small enough to be read together with others: what is read at once is decoded at once, and
    nobody else is answered meanwhile. `make` makes the thing of a row.
    """

    table: str
    alias: str
    columns: str
    source: str
    light: str
    make: Callable[[ReadSession, Row], Awaitable[T]]

    async def get(self, reading: ReadSession, id: UUID) -> T | None:
        """The thing as it stands."""
        row = await reading.first(f"SELECT {self.columns} {self.source} AND {self.alias}.id = %(id)s", id=id)
        return await self.make(reading, row) if row else None

    async def get_many(self, reading: ReadSession, ids: Collection[UUID]) -> dict[UUID, T]:
        """Those that the caller may see, as they stand; large ones are read one by one."""
        rows = await reading.all(f"SELECT {self.columns} {self._among} AND {self.light}", ids=array_of(ids))
        found = {row["id"]: await self.make(reading, row) for row in rows}
        left = [id for id in ids if id not in found]
        for row in await reading.all(f"SELECT {self.alias}.id {self._among}", ids=array_of(left)) if left else ():
            if thing := await self.get(reading, row["id"]):
                found[thing.id] = thing
        return found

    async def lock(self, transaction: Transaction, id: UUID) -> T | None:
        """The thing, locked until the end of the transaction."""
        row = await transaction.first(f"{self._locking} {self.source} AND {self.alias}.id = %(id)s {self._lock}", id=id)
        if row is None:
            return None
        if row.pop("locked_row") != row.pop("seen_row"):
            return await self.get(transaction, id)
        return await self.make(transaction, row)

    async def lock_free(self, transaction: Transaction, ids: Sequence[UUID]) -> dict[UUID, T]:
        """Those that can be locked and read at once: small ones that nobody holds and nobody has just changed.

        One of which another version was committed meanwhile has two row versions.
        """
        query = f"{self._locking} {self._among} AND {self.light} {self._lock} SKIP LOCKED"
        rows = await transaction.all(query, ids=array_of(ids))
        return {
            row["id"]: await self.make(transaction, row) for row in rows if row.pop("locked_row") == row.pop("seen_row")
        }

    async def lock_many(self, transaction: Transaction, ids: Sequence[UUID]) -> dict[UUID, T]:
        """Several things, locked in the order of their ids, so that two such transactions cannot wait for each other."""
        await transaction.send(
            f"SELECT FROM {self.table} WHERE workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)"
            " ORDER BY id FOR NO KEY UPDATE",
            ids=array_of(ids),
        )
        return await self.get_many(transaction, ids)

    @cached_property
    def _among(self) -> str:
        return f"{self.source} AND {self.alias}.id = ANY(%(ids)s)"

    # Locked and read at once. Who had to wait for the lock gets the row as it is by then, but everything beside it as it
    # was before: then the two row versions differ, and the thing is read once more. `NO KEY`: whoever writes a row that
    # belongs to the thing (its words, say) is not waited for.
    @cached_property
    def _locking(self) -> str:
        return f"""
        SELECT {self.columns}, {self.alias}.xmin::text AS locked_row,
          (SELECT s.xmin::text FROM {self.table} s
           WHERE s.workspace_id = {self.alias}.workspace_id AND s.id = {self.alias}.id) AS seen_row
        """

    @cached_property
    def _lock(self) -> str:
        return f"FOR NO KEY UPDATE OF {self.alias}"
