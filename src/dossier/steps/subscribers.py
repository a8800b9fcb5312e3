"""What follows facts: what is to be done with the steps of a case at a time is planned, and messages move steps on."""

from dossier.foundation.database import Transaction
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived, MessageSent
from dossier.steps.actions import due, messages


async def tell_of_message(
    transaction: Transaction, fact: MessageSent | MessageFailed | MessageBounced | MessageReceived
) -> None:
    """The case that a message is about has it in its history what became of it, and its steps are as far as that."""
    await messages.tell(transaction, fact.message)


plan = due.replan
"""What is to be done with the steps of a case at a time is known to the jobs that do it."""
