"""How cases are changed: what follows of a change by itself, and what takes more than changing a case."""

from collections.abc import Sequence

from dossier import files, flow
from dossier.case_templates import Moving
from dossier.cases.events import CaseChanged
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.store import reading, writing
from dossier.flow.model.computing import recomputed
from dossier.flow.model.rounds import apply_transitions
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.records import DataChanges, Keeping


def _carried_on(actor: Actor, change: CaseChange) -> CaseChange:
    paths = {path for entry in change.entries if not entry.automatic for path in entry.changes}
    if "owner" in paths:
        actor.require("cases.reassign")
    if any(path.startswith("contacts.") for path in paths):
        actor.require("contacts.change")
    return apply_transitions(recomputed(change))


async def settle(changes: Sequence[tuple[Transaction, CaseChange]], *at: files.At) -> list[CaseChange | AppError]:
    """What changes newly name is looked up: owners, files, and who is to do the steps that they start by themselves."""
    given = [(transaction, await flow.give_away(transaction, change)) for transaction, change in changes]
    settled = await files.settle(given, *at)
    return [
        await flow.assign(transaction, each) if not isinstance(each, AppError) else each
        for (transaction, _), each in zip(changes, settled, strict=True)
    ]


KEEPING: Keeping[Case] = Keeping(
    record=CASE_RECORD,
    whole=reading.WHOLE,
    needs="cases.change",
    carry_on=_carried_on,
    write=writing.update_all,
    fact=CaseChanged,
    settle=settle,
)
DATA: DataChanges[Case] = DataChanges(KEEPING)
MOVING: Moving[Case] = Moving(KEEPING, "cases.upgrade")
