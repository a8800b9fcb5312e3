"""Filling and emptying the contact slots of a case."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier import contacts
from dossier.cases.actions.keep import IfMatch, keep, opened, refuse_stale
from dossier.cases.model import Case, FilledSlot, Work
from dossier.cases.model.case import contact_document
from dossier.contacts import model as contact_model
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem, pointer
from dossier.foundation.text import nearest

MAIN = "main"

Slots = Mapping[str, Mapping[str, str | None] | None]
"""Slot key → the members sent for it, or None to empty it."""


async def update_contacts(
    transaction: Transaction, case_id: UUID, sent: Sequence[Mapping[str, Any]], if_match: IfMatch = None
) -> Work:
    """Set the slots that are named, leave the others; here given members overwrite the contact."""
    work = await opened(transaction, case_id)
    slots = checked_slots(work.case, sent)
    if MAIN in slots and slots[MAIN] is None:
        raise Conflict.because("The slot “main” cannot be emptied; set another contact in it.", "main_contact")
    await refuse_stale(transaction, work.case, if_match, [f"contacts.{key}" for key in slots])
    values: dict[str, Any] = {}
    for key, given in slots.items():
        values |= {f"contacts.{key}": None} if given is None else await _set(transaction, work.case, key, given)
    return await keep(transaction, work.change("contacts", values))


def checked_slots(case: Case, sent: Sequence[Mapping[str, Any]]) -> Slots:
    """What a body's `contacts` ask of a case; 400 for unknown or repeated slots and bad members."""
    problems: list[Problem] = []
    slots: dict[str, Mapping[str, str | None] | None] = {}
    for index, each in enumerate(sent):
        key = each.get("key") or (MAIN if len(sent) == 1 else None)
        if key is None:
            problems.append(Problem("“key” is required.", "missing_member", pointer("contacts", index, "key")))
        elif key in slots:
            problems.append(
                Problem(f"The slot “{key}” is named twice.", "duplicate", pointer("contacts", index, "key"))
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
        guess = nearest(key, case.template.slot_by_key)
        hint = f"did you mean “{guess}”?" if guess else f"it has {', '.join(case.template.slot_by_key)}."
        detail = f"The case has no contact slot “{key[:120]}”; {hint}"
        return [Problem(detail, "unknown_slot", pointer("contacts", index, "key"))]
    if len(key) > 120:
        return [Problem("“key” has more than 120 characters.", pointer=pointer("contacts", index, "key"))]
    return []


def label(case: Case, key: str) -> str:
    """What a slot is called on this case."""
    slot = case.template.slot_by_key.get(key) if case.template else None
    return slot.name if slot else key


async def _set(transaction: Transaction, case: Case, key: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    """The paths that change when a slot gets these members: the slot, and others that show the same contact."""
    filled = case.contacts.get(key)
    contact = await contacts.place(transaction, case.workspace_id, filled.contact if filled else None, given)
    shown = {slot: each for slot, each in case.contacts.items() if each.contact.id == contact.id}
    shown[key] = filled or FilledSlot(contact, label(case, key))
    return {f"contacts.{slot}": contact_document(FilledSlot(contact, each.label)) for slot, each in shown.items()}
