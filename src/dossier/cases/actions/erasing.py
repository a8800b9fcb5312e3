"""Erasing a person: from every case that shows them, from every history, and from the answers that are kept."""

from dataclasses import replace
from uuid import UUID

from dossier import audit, contacts, members, records, workspaces
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.store import erasing, reading
from dossier.cases.store.collection import VIEWS
from dossier.cases.store.texts import SEARCH
from dossier.contacts.model import CONTACT_RECORD, DETAILS, Contact
from dossier.foundation import stored_answers
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.listing import search
from dossier.records.model import IfMatch

REASON = "The contact was erased."
_ALL_VIEWS = (VIEWS, contacts.VIEWS)
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
    cases = await reading.WHOLE.lock_many(transaction, showing)
    if kept := await contacts.lock(transaction, workspace_id, contact_id):
        await records.check_if_match(transaction, CONTACT_RECORD, kept, if_match)
    for case in cases.values():
        await _take_out(transaction, case, contact_id)
    past = await erasing.have_shown(transaction, workspace_id, contact_id)
    things = None if past is None else sorted({*showing, *past})
    scrubbed = await records.forget_person(transaction, CASE_RECORD, workspace_id, contact_id, DETAILS, things)
    await erasing.forget_have_shown(transaction, workspace_id, contact_id)
    touched = sorted({*showing, *scrubbed})
    await stored_answers.forget_about(transaction, touched)
    for text in filter(None, (person.email, person.phone)):
        await _forget_text(transaction, workspace_id, text, "")
    await contacts.erase(transaction, workspace_id, contact_id, len(touched))
    await search.retake(transaction, SEARCH, workspace_id, touched)
    await audit.record(transaction, "contact.erased", contact_id, workspace_id=workspace_id, cases=len(touched))
    return len(touched)


async def _take_out(transaction: Transaction, case: Case, contact_id: UUID) -> None:
    slots = {key: each for key, each in case.contacts.items() if each.contact.id == contact_id}
    blank = {key: replace(each, contact=Contact(contact_id)) for key, each in slots.items()}
    change = KEEPING.begin(transaction, replace(case, contacts={**case.contacts, **blank}))
    await KEEPING.save(transaction, change.put("contacts", {f"contacts.{key}": None for key in slots}, REASON))


async def erase_member(transaction: Transaction, email: str) -> int:
    """Erase who works nowhere any more, for good; in how many cases they stood. 404, 409 while they work somewhere.

    Their id stays where it was, so that histories still say that it was one and the same; nothing tells who.
    """
    transaction.actor.require("server.operate")
    member_id = await members.erase(transaction, email)
    touched = 0
    for workspace in await workspaces.list_all(transaction):
        touched += await _forget_member(transaction.within(Scope((workspace.id,))), workspace.id, member_id, email)
    await audit.forget_name(transaction, member_id)
    await audit.record(transaction, "member.erased", member_id, cases=touched)
    return touched


async def _forget_member(transaction: Transaction, workspace_id: UUID, member_id: UUID, email: str) -> int:
    for views in _ALL_VIEWS:
        await views.forget_of(transaction, workspace_id, member_id)
    await _forget_text(transaction, workspace_id, email, f"{member_id}@erased.invalid")
    of_entries = await records.forget_person(transaction, CASE_RECORD, workspace_id, member_id, _NAMES)
    cases = await erasing.steps_with(transaction, workspace_id, member_id)
    for case_id, steps in cases.items():
        await erasing.rewrite_steps(transaction, workspace_id, case_id, records.nameless(steps, member_id, _NAMES))
    touched = sorted(of_entries | cases.keys())
    await stored_answers.forget_about(transaction, touched)
    if touched:
        await search.retake(transaction, SEARCH, workspace_id, touched)
    return len(touched)


async def _forget_text(transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
    """Where else an address or telephone number stands: views that look for it, and changes of many cases."""
    for views in _ALL_VIEWS:
        await views.forget_text(transaction, workspace_id, text)
    await records.forget_text(transaction, workspace_id, text, instead)
