"""What became of messages to the people of a case, in its history; and of the steps that they are of."""

from dataclasses import replace

from dossier.case_templates.model import Step
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.flow.model.planning import next_reminder
from dossier.flow.model.states import (
    SENDING,
    called_off,
    completed,
    failed,
    message_came_back,
    started,
    unreachable,
)
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.text import email_identity
from dossier.letters.model import entry_of
from dossier.messages.model import Message

_NO_ANSWER = Sentence("It could not be sent.")


async def tell(transaction: Transaction, message: Message) -> None:
    """A case has it in its history that a message of its was sent, failed, came back, or came; nothing of what it says."""
    if message.case_id is None:
        return
    of_all = transaction.within(Scope((message.workspace_id,)))
    if case := await KEEPING.whole.lock(of_all, message.case_id):
        known = (
            {} if message.direction == "in" else {str(message.id): {"channel": message.channel, "status": "pending"}}
        )
        change = KEEPING.begin(of_all, replace(case, messages=known))
        kind = f"message_{message.status}"
        change = change.put(kind, {f"messages.{message.id}": entry_of(message)})
        await KEEPING.save(of_all, _with_steps(of_all, change, message))


def _with_steps(transaction: Transaction, change: CaseChange, message: Message) -> CaseChange:
    """The change with what the message makes of steps."""
    if message.direction == "in":
        return _answered(change, message)
    case, error = change.after, message.error or _NO_ANSWER
    state = case.steps.get(message.step or "")
    if state is None:
        return change
    path, moment = f"steps.{message.step}", case.updated_at
    match message.status:
        case "sent" if state.get("message") == str(message.id):
            if state["status"] in ("failed", "cancelled"):  # it went all the same, or was tried again by hand
                again = {**started(state, transaction.actor, moment), "message": str(message.id)}
                change = change.put_by_itself("step_started", {path: again})
            if change.after.steps[message.step or ""]["status"] == "started":
                done = completed(change.after.steps[message.step or ""], transaction.actor, moment)
                change = change.put_by_itself("step_completed", {path: done}, _taken(message))
        case "failed" if state.get("message") == str(message.id) and state["status"] == "started":
            change = change.put_by_itself("step_failed", {path: failed(state, error)}, error)
        case "bounced":
            back = message_came_back(state, str(message.id), error)
            kind = "step_failed" if back else "reminders_ended"  # of that channel
            change = change.put_by_itself(kind, {path: unreachable(back or state, message.channel)}, error)
    return change


def _taken(message: Message) -> Sentence:
    return Sentence("The outbox keeps it; nothing left the house." if message.transport == "outbox" else "It was sent.")


def _answered(change: CaseChange, message: Message) -> CaseChange:
    """Who has answered is not reminded any more of what they were written."""
    case = change.after
    values = {
        f"steps.{step.key}": called_off(case.steps[step.key], "answered")
        for step in (case.template.steps if case.template else ())
        if next_reminder(case, step, case.steps[step.key]) and _is_answered(case, step, message)
    }
    return change.put_by_itself("reminders_ended", values, Sentence("They have answered."))


def _is_answered(case: Case, step: Step, message: Message) -> bool:
    if message.step:
        return message.step == step.key
    emails = [case.contacts[each].contact.email for each in step.sending.to if each in case.contacts]
    sender = email_identity(message.sender or "")
    return step.type in SENDING and sender in [email_identity(each) for each in emails if each]
