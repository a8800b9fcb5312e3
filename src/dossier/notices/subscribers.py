"""What members are told of: cases and tasks that they are given, and what becomes of the messages of their cases."""

from collections.abc import Iterator
from uuid import UUID

from dossier import forms, members, messages
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.model import Case
from dossier.contacts.events import ContactErased
from dossier.flow.model.states import SENDING
from dossier.forms.events import FormChanged, FormDeclined, FormNotReached, FormSubmitted
from dossier.forms.model import Form
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.members.events import MemberErased
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived
from dossier.notices import store
from dossier.notices.actions import tell, tell_about, wants_mail
from dossier.notices.model import About, Kind, Task

_GIVEN = gettext_noop("This case is yours now.")
_TO_DO = gettext_noop("You are to do “{step}”.")
_FAILED = gettext_noop("The step “{step}” failed: {why}")
_FORM_GIVEN = gettext_noop("“{form}” ({reference}) is yours now.")
_NOT_REACHED = gettext_noop("What asks for “{form}” ({reference}) could not be sent, or came back.")
_OF_FORMS: dict[type[FormSubmitted | FormDeclined], str] = {
    FormSubmitted: gettext_noop("“{form}” ({reference}) was filled in."),
    FormDeclined: gettext_noop("Whoever was asked declined to fill in “{form}” ({reference})."),
}
_OF_MESSAGES: dict[type[MessageBounced | MessageFailed | MessageReceived], tuple[Kind, str]] = {
    MessageReceived: ("answered", gettext_noop("{who} wrote: “{subject}”")),
    MessageBounced: ("bounced", gettext_noop("The message “{subject}” to {who} came back.")),
    MessageFailed: ("failed", gettext_noop("The message “{subject}” to {who} could not be sent.")),
}


async def tell_owner(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Who owns a case from now on is told."""
    case, before = fact.case, fact.before if isinstance(fact, CaseChanged) else None
    if case.owner and (before is None or before.owner is None or before.owner["id"] != case.owner["id"]):
        await tell(transaction, case.workspace_id, [UUID(case.owner["id"])], "assigned", Message(_GIVEN), case.id)


async def tell_of_steps(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Who has to do something from now on is told, and its owner of what failed; what has to be done by when is kept."""
    case, before = fact.case, fact.before if isinstance(fact, CaseChanged) else None
    if before and before.steps is case.steps and before.archived_at == case.archived_at:
        return
    tasks, old = _tasks(case), _tasks(before) if before else []
    known = {(each.step, each.member_id) for each in _under_way(before)} if before else set()
    for task in tasks:
        if (task.step, task.member_id) not in known:
            said = Message(_TO_DO, {"step": task.title})
            await tell(transaction, case.workspace_id, [task.member_id], "assigned", said, case.id)
    if tasks != old:
        due = [each for each in tasks if each.due_at]
        known_dues = {(each.step, each.member_id, each.due_at) for each in old}
        new = [each for each in due if (each.step, each.member_id, each.due_at) not in known_dues]
        await store.put_tasks(transaction, case.workspace_id, case.id, due, new)
    owners = [UUID(case.owner["id"])] if case.owner else []
    for said in _failures(case, before):
        await tell(transaction, case.workspace_id, owners, "failed", said, case.id)


def _tasks(case: Case) -> list[Task]:
    """What of a case somebody has to do; nothing of one that is put away."""
    return [] if case.archived_at else _under_way(case)


def _under_way(case: Case) -> list[Task]:
    """Steps of the template, and tasks of the case's own, that were given to somebody and are not done."""
    titles = {key: step.title for key, step in case.template.step_by_key.items()} if case.template else {}
    return [
        Task(
            key,
            titles.get(key) or state.get("own", {}).get("title", key),
            UUID(state["assignee"]["id"]),
            local_moment(at) if (at := state.get("due_at")) else None,
        )
        for key, state in case.steps.items()
        if state["status"] == "started" and state.get("assignee")
    ]


def _failures(case: Case, before: Case | None) -> Iterator[Message]:
    """What failed of a case but messages, of which their owner is told by what becomes of these."""
    for step in case.template.steps if case.template else ():
        state, then = case.steps.get(step.key, {}), before.steps.get(step.key, {}) if before else {}
        if step.type not in SENDING and state.get("status") == "failed" != then.get("status"):
            yield Message(_FAILED, {"step": step.title, "why": state.get("error", "")})


async def forget_mails(transaction: Transaction, erased: CaseErased) -> None:
    """What members were written about a case that is erased says nothing any more."""
    case = erased.case
    mails = await store.take_mails(transaction, case.workspace_id, case.id)
    if mails:
        await messages.forget(transaction, case.workspace_id, mails)


async def forget_contact(transaction: Transaction, erased: ContactErased) -> None:
    """Members were told to and from whom messages were: nothing of that is left of who is erased, nor in what they were written."""
    mails: set[UUID] = set()
    for case in erased.showed:
        mails.update(await store.take_mails(transaction, erased.workspace_id, case))
    await store.forget_of_messages(transaction, erased.workspace_id, erased.showed)
    if mails:
        await messages.forget(transaction, erased.workspace_id, sorted(mails))


async def forget_member(transaction: Transaction, erased: MemberErased) -> None:
    """Who worked here is not named any more in what others were told of what they did; what they were told is gone already."""
    await store.forget_names(transaction, erased.workspace_id, erased.member_id, erased.names)
    mails = await store.take_mails_saying(transaction, erased.workspace_id, erased.names)
    if mails:
        await messages.forget(transaction, erased.workspace_id, mails)


async def tell_of_message(transaction: Transaction, fact: MessageBounced | MessageFailed | MessageReceived) -> None:
    """Who owns the case of a message is told what became of it."""
    message = fact.message
    owner = message.case_id and await store.owner_of(transaction, message.workspace_id, message.case_id)
    if not owner:
        return
    if message.direction == "in" and await _is_from(transaction, owner, message.workspace_id, message.sender or ""):
        return
    kind, sentence = _OF_MESSAGES[type(fact)]
    who = message.sender or "" if message.direction == "in" else ", ".join(message.to)
    said = Message(sentence, {"who": who, "subject": message.subject})
    await tell(transaction, message.workspace_id, [owner], kind, said, message.case_id)


async def tell_of_answers(transaction: Transaction, fact: FormSubmitted | FormDeclined) -> None:
    """Who owns a form, or its case, is told that it was answered; that a step was declined, they are told of the step.

    The form's own letter says it to its owner, if they want it by e-mail at once.
    """
    if isinstance(fact, FormDeclined) and fact.step:
        return
    within = _nameless(transaction.within(Scope((fact.workspace_id,))))
    form = await forms.find(within, fact.form_id)
    if form is None:
        return
    owner = await store.owner_of(within, fact.workspace_id, form.case_id) if form.case_id else None
    said = _about_form(_OF_FORMS[type(fact)], form)
    has_letter = isinstance(fact, FormSubmitted)
    others = {each for each in (owner, form.owner_id) if each} - ({form.owner_id} if has_letter else set())
    await tell_about(within, fact.workspace_id, others, "answered", said, About(form.case_id, form.id))
    if has_letter and form.owner_id:
        about = About(form.case_id, form.id, written=True)
        await tell_about(within, fact.workspace_id, [form.owner_id], "answered", said, about)
        if not await wants_mail(within, fact.workspace_id, form.owner_id, "answered"):
            await forms.call_off(within, form, ("request_completed",))


async def tell_owner_of_form(transaction: Transaction, fact: FormChanged) -> None:
    """Who owns a form of no case from now on is told."""
    form = fact.form
    if form.owner_id and form.owner_id != fact.before.owner_id and form.case_id is None:
        said, about = _about_form(_FORM_GIVEN, form), About(None, form.id)
        await tell_about(transaction, form.workspace_id, [form.owner_id], "assigned", said, about)


async def tell_of_form_not_reached(transaction: Transaction, fact: FormNotReached) -> None:
    """Who owns a form of no case is told that nothing reaches who is asked; of a case, they are told of its message."""
    within = transaction.within(Scope((fact.workspace_id,)))
    form = await forms.find(within, fact.form_id) if fact.case_id is None else None
    if form and form.owner_id:
        said = _about_form(_NOT_REACHED, form)
        await tell_about(within, fact.workspace_id, [form.owner_id], "bounced", said, About(None, form.id))


def _about_form(sentence: str, form: Form) -> Message:
    return Message(sentence, {"form": form.name, "reference": form.reference})


def _nameless(transaction: Transaction) -> Transaction:
    """The same, so that nothing is kept of who answered; a member who did is named, and not told."""
    actor = transaction.actor
    return transaction.acting(system(actor.via, actor.scope)) if actor.type == "contact" else transaction


async def _is_from(transaction: Transaction, member_id: UUID, workspace_id: UUID, sender: str) -> bool:
    """Whether a member wrote it themselves, from their own address."""
    try:
        return (await members.owner(transaction, workspace_id, sender, "")).id == member_id
    except Invalid:
        return False
