"""Editing what a case is called, archiving, deleting, and taking an entry of its history back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import audit, contacts, members, records
from dossier.cases.actions.create import owner_document
from dossier.cases.actions.keep import keep, opened
from dossier.cases.actions.shared import hold, tell_others
from dossier.cases.events import CaseErased
from dossier.cases.model import CASES, Work
from dossier.cases.model.change import refuse_unknown_status
from dossier.cases.store import contacts as contacts_store
from dossier.cases.store import writing
from dossier.foundation import events
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.records import check_if_match
from dossier.records.model import HistoryEntry, IfMatch


async def patch(transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None) -> Work:
    """Set title, description, locale, reference, status, waiting_for or owner (`{"email"}`, None: nobody)."""
    work = await opened(transaction, case_id)
    values = dict(sent)
    if values.get("owner"):
        owner = await members.owner(transaction, work.case.workspace_id, values["owner"]["email"], "/owner/email")
        values["owner"] = owner_document(owner)
    if "status" in values:
        refuse_unknown_status(work.case, values["status"], "/status")
        values["parent_status"] = work.case.statuses[values["status"]].parent_status
    await check_if_match(transaction, CASES, work.case, if_match, values)
    return await keep(transaction, work.change("details", values))


async def archive(transaction: Transaction, case_id: UUID, archived: bool, if_match: IfMatch = None) -> Work:
    """Put a case away, or take it out again."""
    work = await opened(transaction, case_id, archived_too=True)
    await check_if_match(transaction, CASES, work.case, if_match, ["archived_at"])
    if archived == (work.case.archived_at is not None):
        return await keep(transaction, work)
    moment = wire_time(work.case.updated_at) if archived else None
    return await keep(transaction, work.change("archived" if archived else "unarchived", {"archived_at": moment}))


async def delete(transaction: Transaction, case_id: UUID, if_match: IfMatch = None) -> None:
    """Erase a case for good, and the contacts that only it showed; 412 when anything changed after the version that the client has seen."""
    work = await opened(transaction, case_id, archived_too=True)
    await check_if_match(transaction, CASES, work.case, if_match, None)
    people = await contacts_store.mentioned(transaction, work.case.workspace_id, case_id)
    await writing.delete(transaction, work.case)
    await contacts.erase_unused(transaction, work.case.workspace_id, people)
    await audit.record(transaction, "case.erased", case_id, workspace_id=work.case.workspace_id)
    await events.publish(transaction, CaseErased(work.case))


async def undo(transaction: Transaction, case_id: UUID, entry_id: UUID, *, followed: bool = False) -> Work:
    """Take one entry back, as a change of its own; 409 where a later change stands in the way.

    `followed`: with the transitions that came of it.
    """
    await hold(transaction, case_id)
    work = await opened(transaction, case_id, archived_too=True)
    entry = await records.history.get(transaction, CASES, work.case, entry_id)
    if entry is None:
        raise Invalid.because(f"The case's history has no entry {entry_id}.", "unknown_entry", pointer="/entry")
    return await _take_back(transaction, work, entry, followed=followed)


async def undo_version(transaction: Transaction, case_id: UUID, version: int) -> Work:
    """The same for the entry that made a version, with the transitions that came of it."""
    work = await opened(transaction, case_id, archived_too=True)
    entry = await records.history.of_version(transaction, CASES, work.case, version)
    if entry is None:
        raise Invalid.because("The case's history does not have this change any more.", "unknown_entry")
    return await _take_back(transaction, work, entry, followed=True)


async def _take_back(transaction: Transaction, work: Work, entry: HistoryEntry, *, followed: bool) -> Work:
    if entry.kind != "archived":
        work.case.refuse_archived()
    values = await records.values_before(transaction, CASES, work.case, entry, followed=followed)
    if values.get("contacts.main", ...) is None:
        raise Conflict.because("The slot “main” cannot be emptied.", "main_contact")
    work = work.change("undone", values, f"Undo of version {entry.version}.")
    await _restore_contacts(transaction, work)
    return await keep(transaction, work)


async def _restore_contacts(transaction: Transaction, work: Work) -> None:
    slots = {path.removeprefix("contacts.") for path in work.changed_paths() if path.startswith("contacts.")}
    restored = [
        await contacts.restore(transaction, work.case.workspace_id, work.case.contacts[slot].contact)
        for slot in sorted(slots & work.case.contacts.keys())
    ]
    await tell_others(transaction, work.case, restored)
