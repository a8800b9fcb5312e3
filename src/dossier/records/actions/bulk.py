"""One change of many things of a kind: asked for by a member, done later one by one, each whole or refused, taken back whole."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic
from uuid import UUID

from dossier.foundation import jobs
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.records.model import BulkAsked, BulkChange, BulkItem, BulkResult, ChangeSet, Record, T
from dossier.records.store import bulk as store

BATCH_SIZE = 100  # things looked up at a time
UNDO = "undo"
"""The kind of a change that takes another one back; its value is the id of that."""


@dataclass(frozen=True, slots=True)
class Bulk(Generic[T]):
    """What may be done to many things of a kind at once, each by its id.

    `job`: the one that goes on with it, with `workspace` and `bulk` as arguments; `give_up`: the one that ends those whose
    job was cancelled. `changes`: kind → what it does to one
    thing, with the value that was asked for; of what cannot be taken back, whether it changed something. `take_back` does the same
    for the entry that made a version of it, None where nothing is taken back.
    `needs`: the permission that whoever asks for it, or takes it back, must hold; what single changes need besides, they ask themselves.
    `acting`: a member as the actor they are by now, None when they left.
    `cancelled`: what is said of one whose turn did not come.
    """

    record: Record[T]
    job: Job
    give_up: Job
    changes: Mapping[str, Callable[[Transaction, UUID, str], Awaitable[ChangeSet[T] | bool]]]
    take_back: Callable[[Transaction, UUID, int], Awaitable[ChangeSet[T]]] | None
    needs: str
    acting: Callable[[ReadSession, UUID, UUID], Awaitable[Actor | None]]
    cancelled: Message

    def jobs(self) -> Jobs:
        """What does each of its jobs."""
        return {self.job: self.change_many, self.give_up: self.give_up_changes}

    async def change_many(self, services: Services, workspace: str, bulk: str) -> None:
        """Go on with a change of many."""
        await _change_many(services.database, self, UUID(workspace), UUID(bulk))

    async def give_up_changes(self, services: Services) -> None:
        """Changes whose job was cancelled are over, in every workspace."""
        await services.database.write(jobs.SYSTEM, partial(_give_up, bulk=self))


async def begin_bulk(
    transaction: Transaction,
    bulk: Bulk[T],
    workspace_id: UUID,
    kind: str,
    value: str,
    ids: Sequence[UUID],
    versions: Sequence[int] = (),
) -> UUID:
    """Have many things changed; the id under which one sees how far it is. `versions`: what to take back of each."""
    id = new_id()
    await store.insert(transaction, bulk.record, workspace_id, id, kind, value or None, ids, versions)
    await bulk.job.defer(transaction, workspace=str(workspace_id), bulk=str(id))
    return id


async def bulk_asked_by(
    reading: ReadSession, bulk: Bulk[T], workspace_id: UUID, id: UUID, member_id: UUID | None
) -> BulkChange:
    """How far a change is that the member asked for; 404."""
    found = await store.get(reading, bulk.record, workspace_id, id)
    if found is None or found.member_id != member_id:
        raise NotFound.because("There is no such change of yours.")
    return found


async def bulk_results(reading: ReadSession, workspace_id: UUID, id: UUID, most: int) -> list[BulkResult]:
    """What came of each thing so far, refused ones first."""
    return await store.results(reading, workspace_id, id, most)


async def take_back_bulk(transaction: Transaction, bulk: Bulk[T], workspace_id: UUID, id: UUID) -> UUID:
    """Have everything that a change did taken back, where nothing stands in the way: a change of its own. 400, 409."""
    transaction.actor.require(bulk.needs)
    found = await store.get(transaction, bulk.record, workspace_id, id)
    if found and not found.finished_at:
        raise Conflict.because("This change is still under way; wait until it is done.", "under_way")
    done = await store.changed(transaction, workspace_id, id)
    if not done:
        raise Invalid.because("There is nothing to take back.")
    ids, versions = [each.id for each in done], [each.version for each in done if each.version is not None]
    return await begin_bulk(transaction, bulk, workspace_id, UNDO, str(id), ids, versions)


async def _give_up(transaction: Transaction, bulk: Bulk[T]) -> None:
    working = await jobs.asked(transaction, bulk.job, "bulk")
    await store.give_up(transaction, bulk.record, working, bulk.cancelled)


async def _change_many(database: Database, bulk: Bulk[T], workspace_id: UUID, id: UUID) -> None:
    """Change what is still to do, one after the other."""
    server = system(scope=Scope((workspace_id,)))
    while True:
        async with database.reading(server.scope) as reading:
            items = await store.pending(reading, workspace_id, id, BATCH_SIZE)
        if not items:
            break
        for item in items:
            await _change_or_refuse(database, bulk, workspace_id, id, item)
    await database.write(server, partial(store.finish, workspace_id=workspace_id, id=id))


async def _change_or_refuse(database: Database, bulk: Bulk[T], workspace_id: UUID, id: UUID, item: BulkItem) -> None:
    """Change one thing as the member who asked, who may have left, lost a role or been erased since the one before."""
    server = system(scope=Scope((workspace_id,)))
    async with database.reading(server.scope) as reading:
        asked = await store.asked(reading, workspace_id, id)
        actor = await bulk.acting(reading, workspace_id, asked.member_id) if asked else None
    try:
        if asked is None or actor is None:
            raise Forbidden.because("Whoever asked for this may not do it any more.")
        await database.write(actor, partial(_change, bulk, workspace_id, id, asked, item))
    except AppError as refusal:
        why = [each.message for each in refusal.problems]
        await database.write(server, partial(_note_refused, workspace_id, id, item, why))


async def _change(
    bulk: Bulk[T], workspace_id: UUID, id: UUID, asked: BulkAsked, item: BulkItem, transaction: Transaction
) -> None:
    if asked.kind == UNDO:
        assert item.version is not None
        assert bulk.take_back
        done: ChangeSet[T] | bool = await bulk.take_back(transaction, item.id, item.version)
    else:
        done = await bulk.changes[asked.kind](transaction, item.id, asked.value or "")
    outcome, version = _outcome(done)
    await store.note(transaction, workspace_id, id, item.position, outcome, version=version)


def _outcome(done: ChangeSet[T] | bool) -> tuple[str, int | None]:
    """Whether it was changed, and the version by which that is taken back."""
    if isinstance(done, bool):
        return "changed" if done else "unchanged", None
    return ("changed", done.before.version + 1) if done.changed and done.before else ("unchanged", None)


async def _note_refused(
    workspace_id: UUID, id: UUID, item: BulkItem, why: Sequence[Message], transaction: Transaction
) -> None:
    await store.note(transaction, workspace_id, id, item.position, "refused", why)
