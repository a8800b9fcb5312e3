"""What became of messages to the people of a case, in its history."""

from dataclasses import replace

from dossier.cases.actions.saving import KEEPING
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.messages.model import Message


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
        await KEEPING.save(of_all, change.put(kind, {f"messages.{message.id}": entry_of(message)}))


def entry_of(message: Message) -> dict[str, str]:
    """A message as histories keep it: nothing of what it says, and to whom, which its own page tells."""
    return {"channel": message.channel, "status": message.status}
