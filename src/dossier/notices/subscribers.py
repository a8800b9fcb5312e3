"""What members are told of: cases and tasks that they are given, and what becomes of the messages of their cases."""

from collections.abc import Iterator
from uuid import UUID

from dossier import messages
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.model import Case
from dossier.contacts.events import ContactErased
from dossier.flow.model.states import SENDING
from dossier.foundation.database import Transaction
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.members.events import MemberErased
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived
from dossier.notices import store
from dossier.notices.actions import tell
from dossier.notices.model import Kind, Task

_GIVEN = gettext_noop("This case is yours now.")
_TO_DO = gettext_noop("You are to do “{step}”.")
_FAILED = gettext_noop("The step “{step}” failed: {why}")
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
        await store.put_tasks(transaction, case.workspace_id, case.id, [each for each in tasks if each.due_at])
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
    kind, sentence = _OF_MESSAGES[type(fact)]
    who = message.sender or "" if message.direction == "in" else ", ".join(message.to)
    said = Message(sentence, {"who": who, "subject": message.subject})
    await tell(transaction, message.workspace_id, [owner], kind, said, message.case_id)
