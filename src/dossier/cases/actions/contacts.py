"""Filling and emptying the contact slots of a case."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from dossier import contacts
from dossier.cases.actions.saving import KEEPING
from dossier.cases.actions.shared import hold, tell_others
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.contacts import Placed
from dossier.contacts.model import MAIN, Contact, FilledSlot, Given, sent_slots
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Problem
from dossier.foundation.messages import Named
from dossier.foundation.text import gettext_noop
from dossier.records import check_if_match
from dossier.records.model import IfMatch

Shared = Literal["change", "ask", "new"]
"""A contact that others know too: changed everywhere (`change`), first asked about, or somebody new with that address."""

_KNOWN = gettext_noop("The contact is known already; say whether they are meant, and whether they change everywhere.")


class ContactIsKnown(Conflict):
    """409: `known` is shown by other cases (so many), or has the address of the `meant` one; who asks decides."""

    code = "contact_is_known"

    def __init__(self, known: Contact, meant: Placed, cases: int) -> None:
        super().__init__((Problem(_KNOWN, self.code),))
        self.known, self.meant, self.cases = known, meant, cases


async def update_contacts(
    transaction: Transaction,
    case_id: UUID,
    sent: Sequence[Mapping[str, Any]],
    if_match: IfMatch = None,
    shared: Shared = "change",
) -> CaseChange:
    """Set the slots that are named, leave the others; here given members overwrite the contact, in every case of it."""
    transaction.actor.require("contacts.change")
    await hold(transaction, case_id, (each.get("email") for each in sent))
    change = await KEEPING.lock(transaction, case_id)
    slots = sent_slots(sent, change.after.slot_names)
    if MAIN in slots and slots[MAIN] is None:
        slot = Named(MAIN, change.after.label(MAIN))
        raise Conflict.because(
            "The slot “{slot}” cannot be emptied; set another contact in it.", "main_contact", slot=slot
        )
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"contacts.{key}" for key in slots])
    await contacts.hold(transaction, change.after.workspace_id, filter(None, slots.values()))
    placed = {key: await _place(transaction, change.after, key, given, shared) for key, given in slots.items() if given}
    if shared == "ask":
        await _raise_if_known(transaction, change.after, placed.values())
    values: dict[str, Any] = {f"contacts.{key}": None for key, given in slots.items() if given is None}
    for key, each in placed.items():
        values |= _shown(change.after, key, each.contact)
    await tell_others(transaction, change.after, list(placed.values()))
    return await KEEPING.save(transaction, change.put("contacts", values))


async def _place(transaction: Transaction, case: Case, key: str, given: Given, shared: Shared) -> Placed:
    if shared == "new":
        return await contacts.add(transaction, case.workspace_id, given)
    filled = case.contacts.get(key)
    return await contacts.place(transaction, case.workspace_id, filled.contact if filled else None, given)


async def _raise_if_known(transaction: Transaction, case: Case, placed: Iterable[Placed]) -> None:
    for each in placed:
        if each.before:
            cases = await contacts.links.count_showing(transaction, case.workspace_id, each.contact.id, case.id)
            if cases:
                raise ContactIsKnown(each.before, each, cases)
        elif each.new and each.contact.email:
            same = await contacts.find(transaction, case.workspace_id, each.contact.email)
            if others := [one for one in same if one.id != each.contact.id]:
                raise ContactIsKnown(others[0], each, 0)


def _shown(case: Case, key: str, contact: Contact) -> dict[str, Any]:
    """The paths that change when a slot gets this contact: the slot, and others that show the same one."""
    labels = {slot: each.label for slot, each in case.contacts.items() if each.contact.id == contact.id}
    filled = case.contacts.get(key)
    labels[key] = filled.label if filled else case.label(key)
    return {f"contacts.{slot}": FilledSlot(contact, label).document() for slot, label in labels.items()}
