"""What every change of a thing begins and ends with: found and locked; carried on by itself, kept, and published."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Generic
from uuid import UUID

from dossier.foundation import events
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.foundation.errors import AppError
from dossier.records.actions.history import check_if_match
from dossier.records.model import A, ChangeSet, Entry, IfMatch, Record, next_moment
from dossier.records.store.whole import Whole

Changes = Sequence[tuple[Transaction, ChangeSet[A]]]
"""Changes of different things in one transaction, each for its actor."""


@dataclass(frozen=True, slots=True, eq=False)
class Keeping(Generic[A]):
    """How things of a kind are changed.

    `whole`: how they are read and locked; `needs`: the permission to change one.
    `carry_on` gives a change with everything that follows from it, and refuses what takes more than that permission,
    whichever way it comes: asked for directly, taken back, one of many. `write` keeps changes of different things, each
    for its actor, and what `fact` makes of each (before, after, entries) is published then. `settle` looks up, for all
    together, what changes newly name, before they are written: each with it, or why it is refused.
    """

    record: Record[A]
    whole: Whole[A]
    needs: str
    carry_on: Callable[[Actor, ChangeSet[A]], ChangeSet[A]]
    write: Callable[[Changes[A]], Awaitable[None]]
    fact: Callable[[A, A, tuple[Entry, ...]], events.Fact]
    settle: Callable[[Changes[A]], Awaitable[list[ChangeSet[A] | AppError]]]

    async def get(self, reading: ReadSession, id: UUID) -> A:
        """The thing as it stands; 404."""
        return self.record.found(await self.whole.get(reading, id), id)

    async def get_together(self, database: Database, scope: Scope, ids: Collection[UUID]) -> list[A | Exception]:
        """Each of the things as it stands, or its 404."""
        async with database.reading(scope) as reading:
            things = await self.whole.get_many(reading, set(ids))
        return [things.get(each) or self.record.no_such(each) for each in ids]

    async def lock(self, transaction: Transaction, id: UUID, *, archived_too: bool = False) -> ChangeSet[A]:
        """The thing, locked, ready to be changed; 404, and 409 when it is archived."""
        thing = self.record.found(await self.whole.lock(transaction, id), id)
        if not archived_too:
            thing.raise_if_archived()
        return self.begin(transaction, thing)

    def begin(self, transaction: Transaction, thing: A) -> ChangeSet[A]:
        """A change that has not changed anything yet. The thing carries the time it will have been changed at."""
        moment = next_moment(thing, transaction.clock())
        return ChangeSet(self.record, thing, replace(thing, updated_at=moment))  # type: ignore[type-var]

    async def save(self, transaction: Transaction, change: ChangeSet[A]) -> ChangeSet[A]:
        """Carry the change on, write it, and publish what happened; nothing when nothing changed."""
        (settled,) = await self.settle([(transaction, self.carried_on(transaction, change))])
        if isinstance(settled, AppError):
            raise settled
        await self.save_all([(transaction, settled)])
        return settled

    def carried_on(self, transaction: Transaction, change: ChangeSet[A]) -> ChangeSet[A]:
        """The change with everything that follows from it; the thing as it was when nothing changed."""
        assert change.before
        if not change.changed:
            return replace(change, after=change.before)
        return self.carry_on(transaction.actor, change)

    async def save_all(self, changes: Changes[A]) -> None:
        """Write changes of different things in one transaction, each for its actor, and publish what happened."""
        changed = [(transaction, change) for transaction, change in changes if change.changed]
        await self.write(changed)
        for transaction, change in changed:
            assert change.before
            await events.publish(transaction, self.fact(change.before, change.after, change.entries))

    async def archive(
        self, transaction: Transaction, id: UUID, archived: bool, if_match: IfMatch = None
    ) -> ChangeSet[A]:
        """Put a thing away, or take it out again."""
        transaction.actor.require(self.needs)
        change = await self.lock(transaction, id, archived_too=True)
        await check_if_match(transaction, self.record, change.after, if_match, ["archived_at"])
        if archived == (change.after.archived_at is not None):
            return await self.save(transaction, change)
        moment = wire_time(change.after.updated_at) if archived else None
        kind = "archived" if archived else "unarchived"
        return await self.save(transaction, change.put(kind, {"archived_at": moment}))
