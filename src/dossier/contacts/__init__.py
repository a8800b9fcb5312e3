"""The people that cases are about."""

from dossier.contacts.actions.erasing import Erasing, ShowsPeople
from dossier.contacts.actions.people import add
from dossier.contacts.actions.slots import ContactSlots
from dossier.contacts.jobs import WORDS
from dossier.contacts.store.links import Links, filled_slots
from dossier.contacts.store.mentions import Mentions
from dossier.contacts.store.people import VIEWS, find, kept

__all__ = [
    "VIEWS",
    "WORDS",
    "ContactSlots",
    "Erasing",
    "Links",
    "Mentions",
    "ShowsPeople",
    "add",
    "filled_slots",
    "find",
    "kept",
]
