"""What follows facts: which rules a change set off is kept, and so is when rules of time look again; messages set rules off."""

from dossier.automations.actions import running, stepping, timing
from dossier.cases.events import CaseChanged, CaseCreated
from dossier.foundation.database import Transaction
from dossier.messages.events import MessageBounced, MessageReceived


async def follow(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Templates without rules cost nothing."""
    template = fact.case.template
    if template and (template.automations or any("template_version" in entry.changes for entry in fact.entries)):
        await running.note(transaction, fact)
        await timing.arm(transaction, fact)
    await stepping.note(transaction, fact)


async def hear(transaction: Transaction, fact: MessageBounced | MessageReceived) -> None:
    """A message of a case may set rules off."""
    await timing.hear(transaction, fact)
