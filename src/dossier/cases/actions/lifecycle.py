"""Editing what a case is called, archiving, deleting, and taking an entry of its history back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import audit, contacts, members, records
from dossier.cases.actions.saving import get_for_update, save
from dossier.cases.actions.shared import hold, tell_others
from dossier.cases.events import CaseErased
from dossier.cases.model import CASE_RECORD, CaseChange
from dossier.cases.model.change import raise_if_unknown_status
from dossier.cases.store import writing
from dossier.foundation import events
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.messages import Named
from dossier.records import check_if_match
from dossier.records.model import HistoryEntry, IfMatch


async def patch(
    transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Set title, description, locale, reference, status, waiting_for or owner (`{"email"}`, None: nobody)."""
    transaction.actor.require("cases.change")
    if "owner" in sent:
        transaction.actor.require("cases.reassign")
    change = await get_for_update(transaction, case_id)
    values = dict(sent)
    if values.get("owner"):
        owner = await members.owner(transaction, change.after.workspace_id, values["owner"]["email"], "/owner/email")
        values["owner"] = owner.document()
    if "status" in values:
        raise_if_unknown_status(change.after, values["status"], "/status")
        values["parent_status"] = change.after.statuses[values["status"]].parent_status
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, values)
    return await save(transaction, change.put("details", values))


async def archive(transaction: Transaction, case_id: UUID, archived: bool, if_match: IfMatch = None) -> CaseChange:
    """Put a case away, or take it out again."""
    transaction.actor.require("cases.change")
    change = await get_for_update(transaction, case_id, archived_too=True)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, ["archived_at"])
    if archived == (change.after.archived_at is not None):
        return await save(transaction, change)
    moment = wire_time(change.after.updated_at) if archived else None
    return await save(transaction, change.put("archived" if archived else "unarchived", {"archived_at": moment}))


async def delete(transaction: Transaction, case_id: UUID, if_match: IfMatch = None) -> None:
    """Erase a case for good, and the contacts that only it showed; 412 when anything changed after the version that the client has seen."""
    transaction.actor.require("cases.erase")
    change = await get_for_update(transaction, case_id, archived_too=True)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, None)
    people = await contacts.links.of_case(transaction, change.after.workspace_id, case_id)
    people |= await records.history.mentioned(transaction, CASE_RECORD, change.after, "contacts.")
    await writing.delete(transaction, change.after)
    await contacts.erase_unused(transaction, change.after.workspace_id, sorted(people))
    await audit.record(transaction, "case.erased", case_id, workspace_id=change.after.workspace_id)
    await events.publish(transaction, CaseErased(change.after))


async def undo(
    transaction: Transaction, case_id: UUID, entry_id: UUID, if_match: IfMatch = None, *, followed: bool = False
) -> CaseChange:
    """Take one entry back, as a change of its own; 409 where a later change stands in the way, 412 for what was not seen.

    `followed`: with the transitions that came of it.
    """
    transaction.actor.require("cases.change")
    await hold(transaction, case_id)
    change = await get_for_update(transaction, case_id, archived_too=True)
    entry = await records.history.get(transaction, CASE_RECORD, change.after, entry_id)
    if entry is None:
        raise Invalid.because("The case's history has no entry {id}.", "unknown_entry", pointer="/entry", id=entry_id)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, entry.changes)
    return await _take_back(transaction, change, entry, followed=followed)


async def undo_version(transaction: Transaction, case_id: UUID, version: int) -> CaseChange:
    """The same for the entry that made a version, with the transitions that came of it."""
    transaction.actor.require("cases.change")
    change = await get_for_update(transaction, case_id, archived_too=True)
    entry = await records.history.of_version(transaction, CASE_RECORD, change.after, version)
    if entry is None:
        raise Invalid.because("The case's history does not have this change any more.", "unknown_entry")
    return await _take_back(transaction, change, entry, followed=True)


async def _take_back(
    transaction: Transaction, change: CaseChange, entry: HistoryEntry, *, followed: bool
) -> CaseChange:
    if entry.kind != "archived":
        change.after.raise_if_archived()
    values = await records.values_before(transaction, CASE_RECORD, change.after, entry, followed=followed)
    if values.get("contacts.main", ...) is None:
        slot = Named("main", change.after.label("main"))
        raise Conflict.because("The slot “{slot}” cannot be emptied.", "main_contact", slot=slot)
    change = change.put("undone", values, f"Undo of version {entry.version}.")
    await _restore_contacts(transaction, change)
    return await save(transaction, change)


async def _restore_contacts(transaction: Transaction, change: CaseChange) -> None:
    slots = {path.removeprefix("contacts.") for path in change.changed_paths() if path.startswith("contacts.")}
    restored = [
        await contacts.restore(transaction, change.after.workspace_id, change.after.contacts[slot].contact)
        for slot in sorted(slots & change.after.contacts.keys())
    ]
    await tell_others(transaction, change.after, restored)
