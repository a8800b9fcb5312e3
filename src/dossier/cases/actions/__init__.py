"""One function per verb: the only way a case changes."""

from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.lifecycle import UNDO, delete, patch
from dossier.cases.actions.people import ERASING, SLOTS
from dossier.cases.actions.saving import DATA, KEEPING

__all__ = [
    "DATA",
    "ERASING",
    "KEEPING",
    "SLOTS",
    "UNDO",
    "NewCase",
    "create",
    "delete",
    "patch",
]
