"""Reminding people of steps: what is due to one person at about the same time is one message, whatever cases it is of."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dossier import messages
from dossier.case_templates.model import OWNER, Reminder, Sending, Step
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.flow.model.planning import next_reminder, reminded
from dossier.flow.model.states import SENDING, State, called_off
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message as Sentence
from dossier.letters import Letter, composed
from dossier.letters.model import entry_of
from dossier.messages.model import Message, NewMessage
from dossier.steps import store

TOGETHER = timedelta(minutes=30)
"""What is due within that of each other, to one person, is one message."""
MOST = 20  # cases that one message is of


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


async def remind(transaction: Transaction, change: CaseChange, step: Step, origin: str) -> CaseChange:
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
    others = await _others(transaction, due, new, origin)
    message = await messages.put(transaction, _together(new, due.case, others))
    for other, _ in others:
        told = _noted(KEEPING.begin(transaction, other.case), other, now, message, None)
        await KEEPING.save(transaction, told)
    return _noted(change, due, now, message, None)


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


async def _message(transaction: Transaction, due: _Due, origin: str) -> NewMessage:
    step, reminder, state = due.step, due.reminder, due.state
    sending = Sending(
        to=_whom(due),
        from_name=step.sending.from_name,
        reply_to=step.sending.reply_to,
        subject=reminder.subject or step.sending.subject or step.title,
        body=reminder.body or step.sending.body or step.title,
        texts={} if reminder.body else step.sending.texts,
    )
    at = local_moment(state["due_at"]) if "due_at" in state else None
    return await composed(
        transaction,
        due.case,
        Letter(reminder.channel, sending, origin=origin, step=step.key, due_at=at),
    )


def _whom(due: _Due) -> tuple[str, ...]:
    """Whom the reminder says; else whom the step writes to, or who is to do it."""
    if due.reminder.to:
        return (due.reminder.to,)
    if due.step.type in SENDING or due.step.sending.to:
        data = due.state["data"]
        return tuple(data["to"]) if "to" in data else due.step.sending.to
    return ((due.state.get("assignee") or {}).get("email") or OWNER,)


async def _others(transaction: Transaction, first: _Due, new: NewMessage, origin: str) -> list[tuple[_Due, NewMessage]]:
    """Reminders of other cases to the same person that are due soon: of cases that nobody holds just now."""
    until = transaction.clock() + TOGETHER
    ids = await store.reminders(transaction, first.case, until, MOST)
    found = await KEEPING.whole.lock_free(transaction, sorted(ids)) if ids else {}
    each = [
        due
        for case in found.values()
        if case.template and not case.archived_at
        for step in case.template.steps
        if (due := _due(case, step, until)) and due.reminder.channel == new.channel
    ]
    return [(due, said) for due in each if (said := await _said_to(transaction, due, new, origin))]


async def _said_to(transaction: Transaction, due: _Due, new: NewMessage, origin: str) -> NewMessage | None:
    """What the reminder would say, if it is to the same person."""
    step = due.step
    if step.visible_when and not step.visible_when.evaluate(due.case.context()):
        return None
    try:
        said = await _message(transaction, due, origin)
    except AppError:
        return None  # it is said on its own case, when it is its turn
    return said if said.to == new.to else None


def _together(new: NewMessage, case: Case, others: list[tuple[_Due, NewMessage]]) -> NewMessage:
    """One message that says all of it, each under the name of its case."""
    if not others:
        return new
    parts = [(case.title, new.text), *((due.case.title, said.text) for due, said in others)]
    text = "\n\n".join(f"{title}\n{'-' * min(len(title), 60)}\n{said.strip()}" for title, said in parts)
    subject = f"{new.subject} (+{len(others)})" if new.channel == "email" else ""
    people = tuple(dict.fromkeys((*new.contacts, *(each for _, said in others for each in said.contacts))))
    return replace(new, subject=subject, text=text + "\n", html=None, contacts=people)
