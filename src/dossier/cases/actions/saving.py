"""What every change of a case begins and ends with: locked and found; carried on by itself, kept, and published."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from dossier.cases.events import CaseChanged
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.computing import recomputed
from dossier.cases.model.transitions import apply_transitions
from dossier.cases.store import reading, writing
from dossier.foundation import events
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.records.model import ChangeSet, next_moment


async def get_or_404(reader: ReadSession, case_id: UUID) -> Case:
    """The case; 404."""
    return or_404(await reading.WHOLE.get(reader, case_id), case_id)


async def find_together(database: Database, scope: Scope, case_ids: Sequence[UUID]) -> list[Case | Exception]:
    """Each of the cases as it stands, or its 404."""
    async with database.reading(scope) as reader:
        cases = await reading.WHOLE.get_many(reader, set(case_ids))
    return [cases.get(each) or CASE_RECORD.no_such(each) for each in case_ids]


async def get_for_update(transaction: Transaction, case_id: UUID, *, archived_too: bool = False) -> CaseChange:
    """The case, locked, ready to be changed; 404, and 409 when it is archived."""
    case = or_404(await reading.WHOLE.lock(transaction, case_id), case_id)
    if not archived_too:
        case.raise_if_archived()
    return begin_change(transaction, case)


def begin_change(transaction: Transaction, case: Case) -> CaseChange:
    """A change that has not changed anything yet. The case carries the time it will have been changed at."""
    return ChangeSet(CASE_RECORD, case, replace(case, updated_at=next_moment(case, transaction.clock())))


async def save(transaction: Transaction, change: CaseChange) -> CaseChange:
    """Carry the change on, write it, and publish what happened; nothing when nothing changed."""
    change = carried_on(transaction, change)
    await save_all([(transaction, change)])
    return change


def carried_on(transaction: Transaction, change: CaseChange) -> CaseChange:
    """The change with everything that follows from it; the case as it was when nothing changed."""
    assert change.before
    if not change.changed:
        return replace(change, after=change.before)
    _require(transaction.actor, change)
    return apply_transitions(recomputed(change))


async def save_all(changes: Sequence[tuple[Transaction, CaseChange]]) -> None:
    """Write changes of different cases in one transaction, each for its actor, and publish what happened."""
    changed = [(transaction, change) for transaction, change in changes if change.changed]
    await writing.update_all(changed)
    for transaction, change in changed:
        assert change.before
        await events.publish(transaction, CaseChanged(change.before, change.after, change.entries))


def _require(actor: Actor, change: CaseChange) -> None:
    """What takes more than changing a case, whichever way it comes: asked for directly, taken back, one of many."""
    paths = {path for entry in change.entries if not entry.automatic for path in entry.changes}
    if "owner" in paths:
        actor.require("cases.reassign")
    if any(path.startswith("contacts.") for path in paths):
        actor.require("contacts.change")


def or_404(case: Case | None, case_id: UUID) -> Case:
    if case is None:
        raise CASE_RECORD.no_such(case_id)
    return case
