"""What follows facts of others: of who is erased no message is left."""

from dossier.contacts.events import ContactErased
from dossier.foundation.database import Transaction
from dossier.members.events import MemberErased
from dossier.messages.actions import forget_person


async def forget(transaction: Transaction, erased: ContactErased) -> None:
    """What was written to them is gone; that it was, and when, stays."""
    person = erased.contact
    await forget_person(transaction, erased.workspace_id, person.id, person.email, person.phone)


async def forget_member(transaction: Transaction, erased: MemberErased) -> None:
    """The same of who worked here."""
    await forget_person(transaction, erased.workspace_id, erased.member_id, erased.email, None)
