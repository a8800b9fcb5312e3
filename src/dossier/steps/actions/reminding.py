"""Reminding people of steps: what is due to one person at about the same time is one message, whatever cases it is of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from dossier import forms, messages
from dossier.case_templates.model import OWNER, Reminder, Sending, Step
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.contacts.model import MAIN
from dossier.flow.model.planning import next_reminder, reminded
from dossier.flow.model.states import SENDING, State, called_off
from dossier.forms import Origin
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message as Sentence
from dossier.letters import Letter, lacking, ready
from dossier.letters.model import entry_of
from dossier.messages.model import Message, NewMessage, problems_of
from dossier.steps import store
from dossier.texts.brand import in_one

TOGETHER = timedelta(minutes=30)
"""What is due within that of each other, to one person, is one message."""
MAX_SUBJECT = 380  # characters of the first one's
MOST = 20  # cases that one message is of
_OF_FORM = {"email": "[{{ step.title }}]({{ form.link }})", "sms": "{{ step.title }}: {{ form.link }}"}
"""What a reminder of a form says where the template says nothing."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A reminder of a case that is due."""

    case: Case
    step: Step
    state: State
    place: int

    @property
    def reminder(self) -> Reminder:
        return self.step.reminders[self.place]


async def remind(transaction: Transaction, change: CaseChange, step: Step, origin: Origin) -> CaseChange:
    """The change with the reminder of the step that is due; and others that are about to be, to the same person, with it."""
    now = transaction.clock()
    due = _due(change.after, step, now)
    if due is None:
        return change
    if step.visible_when and not step.visible_when.evaluate(change.after.context()):
        state = called_off(due.state, "hidden")
        return change.put(
            "reminders_ended", {f"steps.{step.key}": state}, Sentence("The step's condition holds no more.")
        )
    try:
        new = await _message(transaction, due, origin)
    except AppError as refusal:
        return _noted(change, due, now, None, Sentence("Nobody was reminded: {why}", {"why": refusal.message}))
    said = _fitting([(due, new), *await _others(transaction, due, new, origin)])
    message = await messages.put(transaction, _together(said))
    told = {due.case.id: change}
    for each, text in said:
        begun = told.get(each.case.id) or KEEPING.begin(transaction, each.case)
        told[each.case.id] = _noted(begun, each, now, message, lacking(text.missing, None, text.unreached))
    for other in told.values():
        if other.after.id != due.case.id:
            await KEEPING.save(transaction, other)
    return told[due.case.id]


def _due(case: Case, step: Step, until: datetime) -> _Due | None:
    state = case.steps.get(step.key)
    found = next_reminder(case, step, state) if state and step.reminders else None
    return _Due(case, step, state, found[0]) if state and found and found[1] <= until else None


def _noted(change: CaseChange, due: _Due, now: datetime, message: Message | None, why: Sentence | None) -> CaseChange:
    state = reminded(due.case, due.step, due.state, due.place, now)
    values = {f"steps.{due.step.key}": state}
    if message:
        values[f"messages.{message.id}"] = entry_of(message)
    return change.put("step_reminded", values, why)


async def _message(transaction: Transaction, due: _Due, origin: Origin) -> NewMessage:
    step, reminder, state = due.step, due.reminder, due.state
    sending = Sending(
        to=_whom(due),
        from_name=step.sending.from_name,
        reply_to=step.sending.reply_to,
        subject=reminder.subject or step.sending.subject or step.title,
        body=reminder.body or step.sending.body or (_OF_FORM[reminder.channel] if "form" in state else step.title),
        texts={} if reminder.body else step.sending.texts,
    )
    at = local_moment(state["due_at"]) if "due_at" in state else None
    link = await _link(transaction, due, origin) if "form" in state else ""
    letter = Letter(reminder.channel, sending, origin=origin.base_url, step=step.key, due_at=at, form_link=link)
    return await ready(transaction, due.case, letter)


def _whom(due: _Due) -> tuple[str, ...]:
    """Whom the reminder says; else whom the step writes to or asks, or who is to do it."""
    if due.reminder.to:
        return (due.reminder.to,)
    if due.step.type in SENDING or due.step.sending.to:
        data = due.state["data"]
        return tuple(data["to"]) if "to" in data else due.step.sending.to
    if due.step.questions and not due.step.questions.internal:
        return (MAIN,)
    return ((due.state.get("assignee") or {}).get("email") or OWNER,)


async def _link(transaction: Transaction, due: _Due, origin: Origin) -> str:
    """Where the form of a step is: to who is asked their own link, and to anybody else its page for members."""
    form, step = await forms.find(transaction, UUID(due.state["form"])), due.step
    if form is None:
        return ""
    asked = step.sending.to[0] if step.sending.to else MAIN
    own = not form.internal and due.reminder.to in (None, asked)
    return origin.fill(form) if own else origin.app(form)


async def _others(
    transaction: Transaction, first: _Due, new: NewMessage, origin: Origin
) -> list[tuple[_Due, NewMessage]]:
    """Other reminders to the same person that are due soon, of this case and of those that nobody holds just now."""
    until = transaction.clock() + TOGETHER
    ids = await store.reminders(transaction, first.case, until, MOST)
    found = await KEEPING.whole.lock_free(transaction, sorted(ids)) if ids else {}
    each = [
        due
        for case in (first.case, *found.values())
        if case.template and not case.archived_at
        for step in case.template.steps
        if (due := _due(case, step, until))
        and due.reminder.channel == new.channel
        and (case.id, step.key) != (first.case.id, first.step.key)
    ]
    return [(due, said) for due in each if (said := await _said_to(transaction, due, new, origin))]


async def _said_to(transaction: Transaction, due: _Due, new: NewMessage, origin: Origin) -> NewMessage | None:
    """What the reminder would say, if it is to the same person."""
    step = due.step
    if step.visible_when and not step.visible_when.evaluate(due.case.context()):
        return None
    try:
        said = await _message(transaction, due, origin)
    except AppError:
        return None  # it is said on its own case, when it is its turn
    return said if said.to == new.to else None


def _fitting(said: Sequence[tuple[_Due, NewMessage]]) -> Sequence[tuple[_Due, NewMessage]]:
    """As many of them as one message can say; the rest has its own turn."""
    while len(said) > 1 and any(problems_of(_together(said).cleaned())):
        said = said[:-1]
    return said


def _together(said: Sequence[tuple[_Due, NewMessage]]) -> NewMessage:
    """One message that says all of it, each under the name of its case, and of its step where a case has several."""
    new = said[0][1]
    if len(said) == 1:
        return new
    cases = Counter(due.case.id for due, _ in said)
    parts = [
        (f"{due.case.title}: {due.step.title}" if cases[due.case.id] > 1 else due.case.title, each)
        for due, each in said
    ]
    text = "\n\n".join(f"{title}\n{'-' * min(len(title), 60)}\n{each.text.strip()}" for title, each in parts)
    html = in_one(new.html, [(title, each.html or "") for title, each in parts]) if new.html else None
    subject = f"{new.subject[:MAX_SUBJECT]} (+{len(said) - 1})" if new.channel == "email" else ""
    people = tuple(dict.fromkeys(each for _, text in said for each in text.contacts))
    return replace(new, subject=subject, text=text + "\n", html=html, contacts=people)
