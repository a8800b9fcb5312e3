"""The people that cases are about."""

from dossier.contacts.actions import Placed, add, hold, link, place, restore
from dossier.contacts.jobs import WORDS
from dossier.contacts.store import contact_of, erase, erase_unused, find, get, kept, lock, workspace_of

__all__ = [
    "WORDS",
    "Placed",
    "add",
    "contact_of",
    "erase",
    "erase_unused",
    "find",
    "get",
    "hold",
    "kept",
    "link",
    "lock",
    "place",
    "restore",
    "workspace_of",
]
