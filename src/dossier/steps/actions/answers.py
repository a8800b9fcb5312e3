"""What was answered becomes data of the case: one change, typed, each value saying where it was given; then the step is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from dossier import contacts, files, forms
from dossier.cases import KEEPING
from dossier.cases.actions.people import SLOTS
from dossier.cases.model import Case, CaseChange
from dossier.contacts.model import MAIN, Contact, problems_of
from dossier.fields import check_values
from dossier.flow.model.states import completed, failed, started
from dossier.form_templates.model import Element, FormTemplate, is_empty
from dossier.forms.events import FormChanged, FormDeclined, FormSubmitted
from dossier.forms.model import Form, Response
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.clock import today
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.json import same
from dossier.foundation.messages import Message
from dossier.foundation.permissions import EVERY
from dossier.records.model import Entry, Sources
from dossier.steps.actions import opening
from dossier.steps.actions.counting import count, counted

_DECLINED = Message("They declined to answer.")
_OVER = Message("Nobody answered in time.")
HANDLED = frozenset({"submitted", "declined", "reviewed"})
"""Kinds of entries of a form that a fact of its own follows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Values of a response for a case, by path, where each was given; `left`: labels of what does not fit and stays in the response."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    left: tuple[str, ...] = ()

    @property
    def reason(self) -> Message | None:
        """What the case's history says of what stayed behind."""
        named = {"labels": tuple(f"“{each}”" for each in self.left)}
        return (
            Message("Does not fit the case any more, and stays in the response: {labels}.", named)
            if named["labels"]
            else None
        )


def taken(
    case: Case, form: Form, template: FormTemplate, response: Response, day: date, before: Response | None = None
) -> Taken:
    """What of a response goes to fields of the case; what was taken from the one before, and not asked again, is no news."""
    values: dict[str, Any] = {}
    sources: dict[str, Mapping[str, Any]] = {}
    left: list[str] = []
    emptied = [(element, None) for element in _emptied(form, template, response, before)]
    for element, value in (*_bound(template, response, "data"), *emptied):
        assert element.binding
        if _is_old(element.key, value, response, before):
            continue
        try:
            found = check_values(case, case.unknown_fields, {element.binding.key: value}, day)
        except Invalid:
            left.append(element.label)
            continue
        if not found:  # the template ignores what it has no field for
            left.append(element.label)
        values |= found
        sources |= {path: _source(form, response, element, value) for path in found if path.startswith("data.")}
    return Taken(values, sources, tuple(left))


def _bound(template: FormTemplate, response: Response, target: str) -> Iterator[tuple[Element, Any]]:
    for element in template.elements:
        value = response.data.get(element.key)
        if element.binding and element.binding.target == target and not is_empty(value):
            yield element, value


def _emptied(form: Form, template: FormTemplate, response: Response, before: Response | None) -> Iterator[Element]:
    """Elements that go with fields of the case, whose answer somebody took away: it was filled in beforehand, or handed in before."""
    had = {**form.filled, **(before.data if before and before.completed_at else {})}
    for element in template.elements:
        answer = response.answers.get(element.key)
        if element.binding is None or element.binding.target != "data" or element.key in response.put_aside:
            continue
        is_taken_away = answer and is_empty(answer.value) and answer.actor_type != "system"
        if is_taken_away and not is_empty(had.get(element.key)):
            yield element


def _is_old(key: str, value: Any, response: Response, before: Response | None) -> bool:
    """Whether an answer was handed in before and only came along: the case may say otherwise by now."""
    if before is None or before.completed_at is None or response.asked is None or key in response.asked:
        return False
    return same(before.data.get(key), value)


def _source(form: Form, response: Response, element: Element, value: Any) -> dict[str, Any]:
    named = list(element.field.files(value)) if element.field else []
    file = {"file": named[0]} if len(named) == 1 else {}
    return {"form": str(form.id), "response": str(response.id), "element": element.key, **file}


# ---- submitted ----


async def take(transaction: Transaction, fact: FormSubmitted) -> None:
    """The case has what was answered, by whom it was; also one that it opens. Nothing of a form of no case."""
    within = transaction.within(Scope((fact.workspace_id,)))
    answered = await forms.answered(within, fact.form_id)
    acting = within.acting(_actor(within, answered.form))
    case_id = fact.case_id or await opening.case_of(acting, answered)
    if case_id is None:
        return
    case = await KEEPING.whole.get(within, case_id)
    if case is None:
        return
    if fact.case_id is None:
        answered = await forms.answered(within, fact.form_id)
    response = answered.response
    if response is None:
        return
    await _fill_contact(acting, case, answered.form, answered.template, response)
    case = await KEEPING.whole.lock(acting, case_id)
    if case is None:
        return
    change = KEEPING.begin(acting, case)
    day = today(acting.clock(), case.time_zone)
    found = taken(case, answered.form, answered.template, response, day, answered.handed_in_before)
    found = await _with_files_that_fit(acting, case, answered.template, found)
    change = change.put("form", found.values, found.reason, sources=found.sources)
    if found.left and not change.changed:
        change = change.note(Entry("form", {}, found.reason))
    change = await counted(acting, _done(acting, change, answered.form))
    await KEEPING.save(acting, change)


async def _with_files_that_fit(transaction: Transaction, case: Case, template: FormTemplate, found: Taken) -> Taken:
    """The same without files that were erased since they were sent, or that the field of the case does not take."""
    named = {path: new for path, value in found.values.items() if (new := _newly_named(case, path, value))}
    there = await files.take(transaction, {id for ids in named.values() for id in ids}) if named else {}
    values, left = dict(found.values), list(found.left)
    for path, ids in named.items():
        field = case.field(path.removeprefix("data."))
        unfit = {id for id in ids if field and any(field.unfit([id], {id: there.get((case.workspace_id, id))}))}
        if unfit:
            left.append(template.element_by_key[found.sources[path]["element"]].label)
            values[path] = [id for id in values[path] if id not in unfit] or None
    kept = {path: value for path, value in values.items() if path not in named or value}
    sources = {path: each for path, each in found.sources.items() if path in kept}
    return Taken(kept, sources, tuple(dict.fromkeys(left)))


def _newly_named(case: Case, path: str, value: Any) -> list[str]:
    """The files that an answer brings to a field of the case."""
    field = case.field(path.removeprefix("data.")) if path.startswith("data.") else None
    if field is None or is_empty(value):
        return []
    known = set(field.files(case.data.get(field.key)))
    return [id for id in field.files(value) if id not in known]


def _actor(transaction: Transaction, form: Form) -> Actor:
    """Who answered: a member who did it for them or for the house, else the contact."""
    actor, scope = transaction.actor, Scope((form.workspace_id,))
    if actor.type in ("member", "token"):
        return replace(actor, via="form", scope=scope, permissions=EVERY)
    return Actor("contact", form.contact_id, form.user.name or "Contact", "form", scope, EVERY)


def _done(transaction: Transaction, change: CaseChange, form: Form) -> CaseChange:
    state = change.after.steps.get(form.step or "")
    if state is None or state.get("form") != str(form.id) or state["status"] != "started":
        return change
    done = completed(state, transaction.actor, change.after.updated_at)
    return change.put("step_completed", {f"steps.{form.step}": done})


async def _fill_contact(
    transaction: Transaction, case: Case, form: Form, template: FormTemplate, response: Response
) -> None:
    """What was answered about the person fills what nothing is known of; another value stays a proposal, until a member accepts it."""
    slot = slot_of(case, form)
    if slot is None or case.archived_at:
        return
    contact, given = case.contacts[slot].contact, {}
    for element, value in _bound(template, response, "contact"):
        assert element.binding
        key = element.binding.key
        if getattr(contact, key) is None and not (
            key == "email" and await _is_somebody_elses(transaction, case, value)
        ):
            given[key] = value
    given = {key: value for key, value in given.items() if not [*problems_of({key: value})]}  # a name of 9,000 letters
    if given:
        await SLOTS.update(transaction, case.id, [{"key": slot, **given}])


async def _is_somebody_elses(transaction: Transaction, case: Case, email: str) -> bool:
    return bool(await contacts.find(transaction, case.workspace_id, email))


def slot_of(case: Case, form: Form) -> str | None:
    """The slot of the case in which stands who was asked."""
    slots = [slot for slot, filled in case.slots if filled.contact.id == form.contact_id]
    return slots[0] if slots else MAIN if form.contact_id is None and MAIN in case.contacts and form.internal else None


# ---- accepted ----


async def accept(transaction: Transaction, case_id: UUID, form_id: UUID, elements: tuple[str, ...]) -> None:
    """A member has accepted answers: those about the person that differ from what is known are what is known now; never the e-mail address of another contact."""
    answered = await forms.answered(transaction, form_id)
    case = await KEEPING.whole.get(transaction, case_id)
    slot = slot_of(case, answered.form) if case else None
    if case is None or slot is None or answered.response is None or case.archived_at:
        return
    contact: Contact = case.contacts[slot].contact
    given = {
        element.binding.key: value
        for element, value in _bound(answered.template, answered.response, "contact")
        if element.binding and element.key in elements and not same(getattr(contact, element.binding.key), value)
    }
    if "email" in given and await _is_somebody_elses(transaction, case, given["email"]):
        del given["email"]  # the case would be about them, and the rest be written over what is known of them
    given = {key: value for key, value in given.items() if not [*problems_of({key: value})]}
    if given and transaction.actor.may("contacts.change"):
        await SLOTS.update(transaction, case.id, [{"key": slot, **given}])


# ---- what else becomes of a form ----


async def decline(transaction: Transaction, fact: FormDeclined) -> None:
    """The step of a form that was declined has failed."""
    if fact.case_id is not None:
        within = transaction.within(Scope((fact.workspace_id,)))
        form = (await forms.answered(within, fact.form_id)).form
        await _move(within.acting(_actor(within, form)), fact.case_id, form, _DECLINED)


async def follow(transaction: Transaction, fact: FormChanged) -> None:
    """The case knows how complete it is; the step of a form that ended has failed, and is under way again where that is opened again."""
    kinds = {each.kind for each in fact.entries}
    if fact.case_id is None or not kinds - HANDLED:
        return
    within = transaction.within(Scope((fact.workspace_id,)))
    if "expired" in kinds:
        await _move(within, fact.case_id, fact.form, _OVER)
    elif kinds & {"asked_again", "dates"} and fact.form.status == "pending" and not fact.form.expired_at:
        await _move(within, fact.case_id, fact.form, None)
    else:
        await count(within, fact.workspace_id, fact.case_id)


async def _move(transaction: Transaction, case_id: UUID, form: Form, error: Message | None) -> None:
    """The step of a form fails, or (without an error) is under way again; and the case is counted."""
    case = await KEEPING.whole.lock(transaction, case_id)
    if case is None:
        return
    change = KEEPING.begin(transaction, case)
    state = case.steps.get(form.step or "")
    if state and state.get("form") == str(form.id) and not case.archived_at:
        path = f"steps.{form.step}"
        if error and state["status"] == "started":
            change = change.put("step_failed", {path: failed(state, error)}, error)
        elif error is None and state["status"] == "failed":
            again = {**started(state, transaction.actor, case.updated_at), "form": str(form.id)}
            change = change.put("step_started", {path: again}, Message("The form is open again."))
    await KEEPING.save(transaction, await counted(transaction, change))
