"""Taking an entry of the history back, as a change of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message
from dossier.records.actions.history import check_if_match, values_before
from dossier.records.actions.keeping import Keeping
from dossier.records.model import A, ChangeSet, HistoryEntry, IfMatch
from dossier.records.store import history


@dataclass(frozen=True, slots=True, eq=False)
class TakingBack(Generic[A]):
    """How entries of things of a kind are taken back.

    `hold` locks, before the thing itself, what else will change with it; `restore` brings back what the thing only
    refers to, once the change is made of these values, or refuses them.
    """

    keeping: Keeping[A]
    hold: Callable[[Transaction, UUID], Awaitable[None]]
    restore: Callable[[Transaction, ChangeSet[A], Mapping[str, Any]], Awaitable[None]]

    async def undo(
        self, transaction: Transaction, id: UUID, entry_id: UUID, if_match: IfMatch = None, *, followed: bool = False
    ) -> ChangeSet[A]:
        """Take one entry back; 409 where a later change stands in the way, 412 for what was not seen.

        `followed`: with what came of it by itself.
        """
        transaction.actor.require(self.keeping.needs)
        await self.hold(transaction, id)
        change = await self.keeping.lock(transaction, id, archived_too=True)
        entry = await history.get(transaction, change.record, change.after, entry_id)
        if entry is None:
            raise Invalid.because(change.record.no_entry, "unknown_entry", pointer="/entry", id=entry_id)
        await check_if_match(transaction, change.record, change.after, if_match, entry.changes)
        return await self._take_back(transaction, change, entry, followed=followed)

    async def undo_version(self, transaction: Transaction, id: UUID, version: int) -> ChangeSet[A]:
        """The same for the entry that made a version, with what came of it."""
        transaction.actor.require(self.keeping.needs)
        change = await self.keeping.lock(transaction, id, archived_too=True)
        entry = await history.of_version(transaction, change.record, change.after, version)
        if entry is None:
            raise Invalid.because(change.record.no_version, "unknown_entry")
        return await self._take_back(transaction, change, entry, followed=True)

    async def _take_back(
        self, transaction: Transaction, change: ChangeSet[A], entry: HistoryEntry, *, followed: bool
    ) -> ChangeSet[A]:
        if entry.kind != "archived":
            change.after.raise_if_archived()
        values = await values_before(transaction, change.record, change.after, entry, followed=followed)
        change = change.put("undone", values, Message("Undo of version {version}.", {"version": entry.version}))
        await self.restore(transaction, change, values)
        return await self.keeping.save(transaction, change)
