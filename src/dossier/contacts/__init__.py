"""The people that cases are about."""

from dossier.contacts.actions import Placed, add, hold, link, place, restore
from dossier.contacts.jobs import WORDS
from dossier.contacts.store import links
from dossier.contacts.store.links import SLOTS, filled_slots
from dossier.contacts.store.people import VIEWS, erase, erase_unused, find, get, kept, lock, workspace_of

__all__ = [
    "SLOTS",
    "VIEWS",
    "WORDS",
    "Placed",
    "add",
    "erase",
    "erase_unused",
    "filled_slots",
    "find",
    "get",
    "hold",
    "kept",
    "link",
    "links",
    "lock",
    "place",
    "restore",
    "workspace_of",
]
