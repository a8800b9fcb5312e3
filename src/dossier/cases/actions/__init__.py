"""One function per verb: the only way a case changes."""

from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.lifecycle import UNDO, delete, patch
from dossier.cases.actions.people import ERASING, SLOTS
from dossier.cases.actions.saving import DATA, KEEPING
from dossier.cases.actions.steps import complete_step, start_step

__all__ = [
    "DATA",
    "ERASING",
    "KEEPING",
    "SLOTS",
    "UNDO",
    "NewCase",
    "complete_step",
    "create",
    "delete",
    "patch",
    "start_step",
]
