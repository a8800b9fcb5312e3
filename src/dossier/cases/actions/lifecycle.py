"""Editing what a case is called, deleting it, and taking an entry of its history back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import audit, files, forms, members, messages
from dossier.case_templates.model import raise_if_unknown_status
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.people import ERASING, SLOTS
from dossier.cases.actions.saving import KEEPING
from dossier.cases.events import CaseErased
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.store import writing
from dossier.foundation import events
from dossier.foundation.database import Transaction
from dossier.records import TakingBack, check_if_match
from dossier.records.model import IfMatch


async def patch(
    transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Set title, description, locale, reference, status, waiting_for or owner (`{"email"}`, None: nobody)."""
    transaction.actor.require("cases.change")
    if "owner" in sent:
        transaction.actor.require("cases.reassign")
    change = await KEEPING.lock(transaction, case_id)
    values = dict(sent)
    if values.get("owner"):
        owner = await members.owner(transaction, change.after.workspace_id, values["owner"]["email"], "/owner/email")
        values["owner"] = owner.document()
    if "status" in values:
        raise_if_unknown_status(change.after.statuses, values["status"], "/status")
        values["parent_status"] = change.after.statuses[values["status"]].parent_status
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, values)
    return await KEEPING.save(transaction, change.put("details", values))


async def delete(transaction: Transaction, case_id: UUID, if_match: IfMatch = None) -> None:
    """Erase a case for good, and the contacts and files that only it had; 412 when anything changed after the version that the client has seen."""
    transaction.actor.require("cases.erase")
    change = await KEEPING.lock(transaction, case_id, archived_too=True)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, None)
    people = await SLOTS.ever_shown(transaction, change.after)
    await forms.forget_case(transaction, change.after.workspace_id, case_id)
    await writing.delete(transaction, change.after)
    for text in await ERASING.unused(transaction, change.after.workspace_id, sorted(people)):
        await forms.forget_text(transaction, change.after.workspace_id, text)
    await messages.forget_case(transaction, change.after.workspace_id, case_id)
    await files.let_go(transaction, CASE_RECORD.name, change.after.workspace_id, case_id)
    await audit.record(transaction, "case.erased", case_id, workspace_id=change.after.workspace_id)
    await events.publish(transaction, CaseErased(change.after))


async def _restore(transaction: Transaction, change: CaseChange, values: Mapping[str, Any]) -> None:
    await SLOTS.restore(transaction, change, values)
    await FILES.restore(transaction, change)


UNDO: TakingBack[Case] = TakingBack(KEEPING, SLOTS.hold, _restore)
