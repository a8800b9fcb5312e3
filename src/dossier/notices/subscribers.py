"""What members are told of: cases that they are given, and what becomes of the messages of their cases."""

from uuid import UUID

from dossier.cases.events import CaseChanged, CaseCreated
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived
from dossier.notices import store
from dossier.notices.actions import tell
from dossier.notices.model import Kind

_GIVEN = gettext_noop("This case is yours now.")
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
