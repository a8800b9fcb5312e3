"""Erasing a person: from every case that shows them, from every history, and from the answers that are kept."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from dossier import audit, contacts, members, records, workspaces
from dossier.cases.actions.saving import begin_change, save
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.store import erasing, reading
from dossier.cases.store.texts import SEARCH
from dossier.contacts.model import CONTACT_RECORD, DETAILS, Contact
from dossier.foundation import stored_answers
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.listing import search
from dossier.records.model import Changes, IfMatch

REASON = "The contact was erased."
_NAMES = ("email", "given_name", "family_name", "name")


async def erase_contact(transaction: Transaction, contact_id: UUID, if_match: IfMatch = None) -> int:
    """Erase a contact for good; in how many cases they were. A tombstone without anything about them remains; 404, 412.

    Their slots are empty afterwards, `main` too: the law stands above the rule that it is always filled.
    """
    transaction.actor.require("contacts.erase")
    workspace_id = await contacts.workspace_of(transaction, contact_id)
    if workspace_id is None:
        raise CONTACT_RECORD.no_such(contact_id)
    person = await contacts.get(transaction, workspace_id, contact_id)
    showing = await contacts.links.showing(transaction, workspace_id, contact_id, but=contact_id, most=None)
    cases = await reading.lock_many(transaction, showing)
    if kept := await contacts.lock(transaction, workspace_id, contact_id):
        await records.check_if_match(transaction, CONTACT_RECORD, kept, if_match)
    for case in cases.values():
        await _take_out(transaction, case, contact_id)
    scrubbed = await _scrub(transaction, workspace_id, contact_id)
    touched = sorted({*showing, *scrubbed})
    await stored_answers.forget_about(transaction, touched)
    for text in filter(None, (person.email, person.phone)):
        await erasing.forget_named(transaction, workspace_id, text, "")
    await contacts.erase(transaction, workspace_id, contact_id, len(touched))
    await search.retake(transaction, SEARCH, workspace_id, touched)
    await audit.record(transaction, "contact.erased", contact_id, workspace_id=workspace_id, cases=len(touched))
    return len(touched)


async def _take_out(transaction: Transaction, case: Case, contact_id: UUID) -> None:
    slots = {key: each for key, each in case.contacts.items() if each.contact.id == contact_id}
    blank = {key: replace(each, contact=Contact(contact_id)) for key, each in slots.items()}
    change = begin_change(transaction, replace(case, contacts={**case.contacts, **blank}))
    await save(transaction, change.put("contacts", {f"contacts.{key}": None for key in slots}, REASON))


async def _scrub(transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> set[UUID]:
    """Take the person out of all histories that mention them; the cases whose they are."""
    without = partial(_without, contact_id=contact_id)
    return await records.history.rewrite(transaction, CASE_RECORD, workspace_id, str(contact_id), without)


async def erase_member(transaction: Transaction, email: str) -> int:
    """Erase who works nowhere any more, for good; in how many cases they stood. 404, 409 while they work somewhere.

    Their id stays where it was, so that histories still say that it was one and the same; nothing tells who.
    """
    transaction.actor.require("server.operate")
    member_id = await members.erase(transaction, email)
    touched = 0
    for workspace in await workspaces.every(transaction):
        touched += await _forget_member(transaction.within(Scope((workspace.id,))), workspace.id, member_id, email)
    await audit.forget_name(transaction, member_id)
    await audit.record(transaction, "member.erased", member_id, cases=touched)
    return touched


async def _forget_member(transaction: Transaction, workspace_id: UUID, member_id: UUID, email: str) -> int:
    await erasing.forget_views(transaction, workspace_id, member_id)
    await erasing.forget_named(transaction, workspace_id, email, f"{member_id}@erased.invalid")
    nameless = partial(_nameless, id=member_id)
    of_entries = await records.history.rewrite(transaction, CASE_RECORD, workspace_id, str(member_id), nameless)
    cases = await erasing.cases_with(transaction, workspace_id, member_id)
    for row in cases:
        await erasing.rewrite_steps(transaction, workspace_id, row["id"], nameless(row["steps"]))
    touched = sorted(of_entries | {row["id"] for row in cases})
    await stored_answers.forget_about(transaction, touched)
    if touched:
        await search.retake(transaction, SEARCH, workspace_id, touched)
    return len(touched)


def _nameless(value: Any, id: UUID) -> Any:
    """The same without what whoever has the id is called."""
    if isinstance(value, list):
        return [_nameless(each, id) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == str(id):
        return {name: None if name in _NAMES else each for name, each in value.items()}
    return {name: _nameless(each, id) for name, each in value.items()}


def _without(changes: Changes, contact_id: UUID) -> Changes:
    """The same without anything about the contact but their id."""
    return {
        path: {side: _blank(value, contact_id) for side, value in change.items()} for path, change in changes.items()
    }


def _blank(value: Any, contact_id: UUID) -> Any:
    is_theirs = isinstance(value, dict) and value.get("id") == str(contact_id)
    return value | dict.fromkeys(DETAILS) if is_theirs else value
