"""Filling and emptying the contact slots of a case."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from dossier import contacts
from dossier.case_templates.model import Template
from dossier.cases.actions.saving import get_for_update, save
from dossier.cases.actions.shared import hold, tell_others
from dossier.cases.model import CASE_RECORD, Case, CaseChange, FilledSlot
from dossier.cases.model.case import contact_document
from dossier.cases.store import contacts as store
from dossier.contacts import Placed
from dossier.contacts import model as contact_model
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop, nearest
from dossier.records import check_if_match
from dossier.records.model import IfMatch

MAIN = "main"

Slots = Mapping[str, Mapping[str, str | None] | None]
"""Slot key → the members sent for it, or None to empty it."""


Shared = Literal["change", "ask", "new"]
"""A contact that others know too: changed everywhere (`change`), first asked about, or somebody new with that address."""


_KNOWN = gettext_noop("The contact is known already; say whether they are meant, and whether they change everywhere.")


class ContactIsKnown(Conflict):
    """409: `known` is shown by other cases (so many), or has the address of the `meant` one; who asks decides."""

    code = "contact_is_known"

    def __init__(self, known: contact_model.Contact, meant: Placed, cases: int) -> None:
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
    await hold(transaction, case_id, (each.get("email") for each in sent))
    change = await get_for_update(transaction, case_id)
    slots = checked_slots(change.after, sent)
    if MAIN in slots and slots[MAIN] is None:
        slot = Named(MAIN, label(change.after, MAIN))
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
    return await save(transaction, change.put("contacts", values))


async def _raise_if_known(transaction: Transaction, case: Case, placed: Iterable[Placed]) -> None:
    for each in placed:
        if each.before:
            cases = await store.count_showing(transaction, case.workspace_id, each.contact.id, case.id)
            if cases:
                raise ContactIsKnown(each.before, each, cases)
        elif each.new and each.contact.email:
            same = await contacts.find(transaction, case.workspace_id, each.contact.email)
            if others := [one for one in same if one.id != each.contact.id]:
                raise ContactIsKnown(others[0], each, 0)


def checked_slots(case: Case, sent: Sequence[Mapping[str, Any]]) -> Slots:
    """What a body's `contacts` ask of a case; 400 for unknown or repeated slots and bad members."""
    problems: list[Problem] = []
    slots: dict[str, Mapping[str, str | None] | None] = {}
    for index, each in enumerate(sent):
        key = each.get("key") or (MAIN if len(sent) == 1 else None)
        if key is None:
            problems.append(
                Problem("“{field}” is required.", "missing_member", pointer("contacts", index, "key"), field="key")
            )
        elif key in slots:
            problems.append(
                Problem("The slot “{slot}” is named twice.", "duplicate", pointer("contacts", index, "key"), slot=key)
            )
        else:
            problems += _slot_problems(case, key, index)
            slots[key] = None if _empties(each) else _details(case, key, each, index, problems)
    Invalid.if_any(problems)
    return slots


def _empties(sent: Mapping[str, Any]) -> bool:
    return "contact" in sent and sent["contact"] is None


def _details(
    case: Case, key: str, sent: Mapping[str, Any], index: int, problems: list[Problem]
) -> dict[str, str | None]:
    details = contact_model.details(sent, label(case, key))
    problems += contact_model.problems(details, "contacts", index)
    return details


def _slot_problems(case: Case, key: str, index: int) -> list[Problem]:
    if case.template and key not in case.template.slot_by_key:
        return [_unknown_slot(case.template, key, pointer("contacts", index, "key"))]
    if len(key) > 120:
        return [
            Problem(
                "“{field}” has more than {count} characters.",
                pointer=pointer("contacts", index, "key"),
                field="key",
                count=120,
            )
        ]
    return []


def _unknown_slot(template: Template, key: str, at: str) -> Problem:
    if guess := nearest(key, template.slot_by_key):
        sentence = "The case has no contact slot “{slot}”; did you mean “{guess}”?"
        return Problem(Message(sentence, {"slot": key[:120], "guess": guess}), "unknown_slot", at)
    known = tuple(Named(slot.key, slot.name) for slot in template.slots)
    return Problem(
        "The case has no contact slot “{slot}”; it has {slots}.", "unknown_slot", at, slot=key[:120], slots=known
    )


def label(case: Case, key: str) -> str:
    """What a slot is called on this case."""
    slot = case.template.slot_by_key.get(key) if case.template else None
    return slot.name if slot else key


async def _place(transaction: Transaction, case: Case, key: str, given: contact_model.Given, shared: Shared) -> Placed:
    if shared == "new":
        return await contacts.add(transaction, case.workspace_id, given)
    filled = case.contacts.get(key)
    return await contacts.place(transaction, case.workspace_id, filled.contact if filled else None, given)


def _shown(case: Case, key: str, contact: contact_model.Contact) -> dict[str, Any]:
    """The paths that change when a slot gets this contact: the slot, and others that show the same one."""
    shown = {slot: each for slot, each in case.contacts.items() if each.contact.id == contact.id}
    shown[key] = case.contacts.get(key) or FilledSlot(contact, label(case, key))
    return {f"contacts.{slot}": contact_document(FilledSlot(contact, each.label)) for slot, each in shown.items()}
