"""What a case is, how it changes, and how it refuses: frozen values and pure functions."""

from dossier.cases.model.case import WAITING_FOR, Case
from dossier.cases.model.record import CASE_RECORD, CaseChange

__all__ = [
    "CASE_RECORD",
    "WAITING_FOR",
    "Case",
    "CaseChange",
]
