"""How complete the forms of a case are, kept with the case."""

from uuid import UUID

from dossier import forms
from dossier.cases import KEEPING
from dossier.cases.model import CaseChange
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction


async def counted(transaction: Transaction, change: CaseChange) -> CaseChange:
    """The change with how much is asked, has come and was accepted by now, where that is news."""
    case = change.after
    now = await forms.completeness(transaction, case.workspace_id, case.id)
    found = {"asked": now.asked, "received": now.received, "accepted": now.accepted}
    if found == dict(case.forms):
        return change
    values = {f"forms.{name}": number for name, number in found.items()}
    return change.along(values) if change.entries else change.put_by_itself("forms", values)


async def count(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> None:
    """Keep it with the case, also one that is archived; nothing of one that is not there any more."""
    within = transaction.within(Scope((workspace_id,)))
    if case := await KEEPING.whole.lock(within, case_id):
        await KEEPING.save(within, await counted(within, KEEPING.begin(within, case)))
