"""What a case is, how it changes, and how it refuses: frozen values and pure functions."""

from dossier.cases.model.case import WAITING_FOR, Case, FilledSlot, facts, get
from dossier.cases.model.change import Entry, Work
from dossier.cases.model.data import check_data
from dossier.cases.model.history import HistoryEntry, as_of, following, undoing

__all__ = [
    "WAITING_FOR",
    "Case",
    "Entry",
    "FilledSlot",
    "HistoryEntry",
    "Work",
    "as_of",
    "check_data",
    "facts",
    "following",
    "get",
    "undoing",
]
