"""Somebody outside of every case, as who is asked by a form: linked to the contact that they are, or made one."""

from uuid import UUID

from dossier.contacts.actions import people
from dossier.contacts.events import ContactFilled
from dossier.contacts.model import Contact, Given
from dossier.foundation import events
from dossier.foundation.database import Transaction


async def link(transaction: Transaction, workspace_id: UUID, given: Given) -> Contact:
    """The contact of the workspace with the given address, its empty members filled; a new one where nobody is meant.

    Whatever shows the contact hears of it.
    """
    await people.hold(transaction, workspace_id, [given])
    placed = await people.link(transaction, workspace_id, given)
    if placed.before:
        await events.publish(transaction, ContactFilled(workspace_id, placed.before, placed.contact))
    return placed.contact
