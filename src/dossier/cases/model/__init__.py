"""What a case is, how it changes, and how it refuses: frozen values and pure functions."""

from dossier.cases.model.case import WAITING_FOR, Case, FilledSlot, facts, get
from dossier.cases.model.change import Work
from dossier.cases.model.data import check_data
from dossier.cases.model.record import CASES

__all__ = [
    "CASES",
    "WAITING_FOR",
    "Case",
    "FilledSlot",
    "Work",
    "check_data",
    "facts",
    "get",
]
