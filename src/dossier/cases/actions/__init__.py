"""One function per verb: the only way a case changes."""

from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.lifecycle import UNDO, delete, patch
from dossier.cases.actions.people import ERASING, SLOTS
from dossier.cases.actions.saving import DATA, KEEPING
from dossier.cases.actions.steps import fail_step, finish_step, set_step, start_step

__all__ = [
    "DATA",
    "ERASING",
    "KEEPING",
    "SLOTS",
    "UNDO",
    "NewCase",
    "create",
    "delete",
    "fail_step",
    "finish_step",
    "patch",
    "set_step",
    "start_step",
]
