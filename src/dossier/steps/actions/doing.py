"""What a step is for, done as it starts: a message is put, a note written down, a task told; a form is made; a call waits for who makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dossier import messages
from dossier.case_templates.model import Sending, Step
from dossier.cases.model import Case, CaseChange
from dossier.contacts.model import Contact
from dossier.flow.model.states import SENDING, State, completed, failed, with_message
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict, Invalid
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message as Sentence
from dossier.letters import Letter, Wording, Writing, first_recipient, lacking, line, ready
from dossier.letters.model import entry_of
from dossier.messages.model import Message, NewMessage
from dossier.steps import store
from dossier.steps.actions.asking import ask
from dossier.texts import InvalidText

BY_ITSELF = 10  # times that a step starts by itself while nobody does anything about its case
_LISTS = ("to", "cc", "bcc", "attachments")


@dataclass(frozen=True, slots=True)
class Begun:
    """A change that starts a step, and the message that it puts, if any."""

    change: CaseChange
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Starting:
    """How a step is started: the kind of entry, why, where people reach the server (`origin`), and `at`: its message not before."""

    kind: str = "step_started"
    reason: Sentence | None = None
    origin: str = ""
    at: datetime | None = None


async def begin(
    transaction: Transaction, change: CaseChange, step: Step, state: State, starting: Starting = Starting()
) -> Begun:
    """The change with the step as started as `state` says, and what it is for; 400 for a text that cannot be, 409 `no_recipient`."""
    path = f"steps.{step.key}"
    if step.type in SENDING:
        new = await message_of(transaction, change.after, step, state, starting.origin)
        message = await messages.put(transaction, replace(new, at=starting.at))
        values = {path: with_message(state, str(message.id)), f"messages.{message.id}": entry_of(message)}
        return Begun(change.put(starting.kind, values, lacking(new.missing, starting.reason, new.unreached)), message)
    if step.type == "form":
        change, state = await ask(transaction, change, step, state)
        return Begun(change.put(starting.kind, {path: state}, starting.reason))
    said, missing = await _said(transaction, change.after, step, state, starting.origin)
    change = change.put(starting.kind, {path: said}, lacking(missing, starting.reason))
    if step.type == "note" and (said["data"].get("body") or said["data"].get("note")):
        done = completed(said, transaction.actor, change.after.updated_at)
        change = change.put("step_completed", {path: done}, Sentence("The note is written."))
    return Begun(change)


async def begin_by_itself(
    transaction: Transaction, change: CaseChange, step: Step, state: State, starting: Starting
) -> CaseChange:
    """The same where nobody is there to be refused: then the step has failed, and says why."""
    try:
        await _raise_if_round(transaction, change.after, step)
        return (await begin(transaction, change, step, state, starting)).change
    except AppError as refusal:
        why = refusal.message
        change = change.put(starting.kind, {f"steps.{step.key}": state}, starting.reason)
        return change.put("step_failed", {f"steps.{step.key}": failed(state, why)}, why)


async def _raise_if_round(reading: ReadSession, case: Case, step: Step) -> None:
    """409 for a step that is done again and again, and nobody and nothing from outside does anything: what it does may start it."""
    if step.repeatable and await store.goes_round(reading, case, step.key, BY_ITSELF):
        sentence = "The step started {count} times and nobody else did anything: it may be what starts itself. It starts again once somebody does."
        raise Conflict.because(sentence, "goes_round", count=BY_ITSELF)


async def message_of(transaction: Transaction, case: Case, step: Step, state: State, origin: str) -> NewMessage:
    """The message of a step: what the template says, but for what was given at its start."""
    return await ready(transaction, case, letter_of(step, state, origin))


def letter_of(step: Step, state: State, origin: str) -> Letter:
    """What a step writes to whom, as it was started."""
    return Letter(
        "sms" if step.type == "sms" else "email",
        given(step.sending, state["data"]),
        origin=origin,
        step=step.key,
        due_at=local_moment(state["due_at"]) if "due_at" in state else None,
    )


def given(sending: Sending, data: Mapping[str, Any]) -> Sending:
    """The same with what was given in its place; a text that was given stands in every language."""
    lists: dict[str, Any] = {name: tuple(data[name]) for name in _LISTS if name in data}
    sending = replace(sending, **lists)
    for name in ("subject", "body"):
        if name in data:
            others = {
                code: {key: text for key, text in said.items() if key != name} for code, said in sending.texts.items()
            }
            sending = replace(sending, **{name: data[name]}, texts=others)
    return sending


async def _said(
    transaction: Transaction, case: Case, step: Step, state: State, origin: str
) -> tuple[State, tuple[str, ...]]:
    """The state with what the text of a note or a task says on this case, unless another one was given; what had no value in it."""
    if not step.sending.body or state["data"].get("body") or step.type not in ("note", "task"):
        return state, ()
    due_at = local_moment(state["due_at"]) if "due_at" in state else None
    writing = Writing(_about(case, step), step, due_at, base_url=origin)
    try:
        said = await line(transaction, case, Wording.of(step), writing)
    except InvalidText as refused:
        raise Invalid(tuple(each.at("/body") for each in refused.problems)) from None
    return {**state, "data": {**state["data"], "body": said.text.strip()}}, said.missing


def _about(case: Case, step: Step) -> Contact | None:
    """Whom a text is about that is sent to nobody: the first contact of the case."""
    return first_recipient(case, step) or next((filled.contact for _, filled in case.slots), None)
