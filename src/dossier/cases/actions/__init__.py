"""One function per verb: the only way a case changes."""

from dossier.cases.actions.contacts import ContactIsKnown, update_contacts
from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.data import set_field, update_data, update_in_company, update_many
from dossier.cases.actions.erasing import erase_contact, erase_member
from dossier.cases.actions.lifecycle import archive, delete, patch, undo, undo_version
from dossier.cases.actions.saving import find_together, get_for_update, get_or_404
from dossier.cases.actions.steps import complete_step, start_step

__all__ = [
    "ContactIsKnown",
    "NewCase",
    "archive",
    "complete_step",
    "create",
    "delete",
    "erase_contact",
    "erase_member",
    "find_together",
    "get_for_update",
    "get_or_404",
    "patch",
    "set_field",
    "start_step",
    "undo",
    "undo_version",
    "update_contacts",
    "update_data",
    "update_in_company",
    "update_many",
]
