"""What follows facts of others: of who is erased nothing is kept that was told."""

from dossier.cases.events import CaseErased
from dossier.contacts.events import ContactErased
from dossier.foundation.database import Transaction
from dossier.members.events import MemberErased
from dossier.webhooks.store import deliveries


async def forget(transaction: Transaction, erased: ContactErased) -> None:
    """What was told of the cases that showed them is forgotten; what still waits is made anew, of the histories without them.

    Nothing is given out until the end: whoever does that later reads the histories as they are then.
    """
    if erased.showed:
        await deliveries.lock(transaction)
        await deliveries.forget_bodies(transaction, erased.workspace_id, erased.showed)


async def forget_member(transaction: Transaction, erased: MemberErased) -> None:
    """The same of who worked here, and did what was told, or owned what it was told of."""
    await deliveries.lock(transaction)
    await deliveries.forget_bodies_naming(transaction, erased.workspace_id, erased.member_id)


async def forget_case(transaction: Transaction, erased: CaseErased) -> None:
    """What was told of a case goes with it, also where nobody is told any more; what still waits is not sent."""
    await deliveries.lock(transaction)
    await deliveries.forget_cases(transaction, erased.case.workspace_id, [erased.case.id])
