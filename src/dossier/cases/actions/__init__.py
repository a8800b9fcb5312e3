"""One function per verb: the only way a case changes."""

from dossier.cases.actions.contacts import update_contacts
from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.data import update_data, update_many
from dossier.cases.actions.keep import found, opened
from dossier.cases.actions.lifecycle import archive, delete, patch, undo
from dossier.cases.actions.steps import complete_step, start_step

__all__ = [
    "NewCase",
    "archive",
    "complete_step",
    "create",
    "delete",
    "found",
    "opened",
    "patch",
    "start_step",
    "undo",
    "update_contacts",
    "update_data",
    "update_many",
]
