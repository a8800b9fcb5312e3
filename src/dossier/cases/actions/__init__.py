"""One function per verb: the only way a case changes."""

from dossier.cases.actions.contacts import ContactIsKnown, update_contacts
from dossier.cases.actions.create import NewCase, create
from dossier.cases.actions.erasing import erase_contact, erase_member
from dossier.cases.actions.lifecycle import UNDO, delete, patch
from dossier.cases.actions.saving import DATA, KEEPING
from dossier.cases.actions.steps import complete_step, start_step

__all__ = [
    "DATA",
    "KEEPING",
    "UNDO",
    "ContactIsKnown",
    "NewCase",
    "complete_step",
    "create",
    "delete",
    "erase_contact",
    "erase_member",
    "patch",
    "start_step",
    "update_contacts",
]
