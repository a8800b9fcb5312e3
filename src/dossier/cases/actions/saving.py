"""How cases are changed: what follows of a change by itself, and what takes more than changing a case."""

from dossier.case_templates import Moving
from dossier.cases.actions.assigning import settle
from dossier.cases.events import CaseChanged
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.computing import recomputed
from dossier.cases.model.transitions import apply_transitions
from dossier.cases.store import reading, writing
from dossier.foundation.actor import Actor
from dossier.records import DataChanges, Keeping


def _carried_on(actor: Actor, change: CaseChange) -> CaseChange:
    paths = {path for entry in change.entries if not entry.automatic for path in entry.changes}
    if "owner" in paths:
        actor.require("cases.reassign")
    if any(path.startswith("contacts.") for path in paths):
        actor.require("contacts.change")
    return apply_transitions(recomputed(change))


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
