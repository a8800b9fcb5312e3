"""Forms that are put away because what they belong to is."""

from uuid import UUID

from dossier.forms.actions import saving
from dossier.forms.model import transitions
from dossier.forms.store import reading
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction


async def put_away(transaction: Transaction, form_id: UUID) -> None:
    """Close a form that somebody could still answer: its link leads nowhere, and what is planned is called off. Nothing of another one."""
    form = await reading.lock(transaction, form_id)
    if form is None or form.status not in ("draft", "pending") or form.archived_at:
        return
    change = saving.begin(transaction, form)
    asked = transitions.Asked(archived=True)
    await saving.save(transaction, transitions.carried_out(change, asked, transaction.clock(), begun=True))


async def put_away_of_case(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> None:
    """The same with all forms of a case."""
    within = transaction.within(Scope((workspace_id,)))
    for form in await reading.of_case(within, workspace_id, case_id):
        await put_away(within, form.id)
