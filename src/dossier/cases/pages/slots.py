"""Who is in the slots of a case."""

from dossier.cases.actions import SLOTS
from dossier.cases.pages.lists import LIST
from dossier.contacts.pages.slots import SlotPages

SLOT_PAGES = SlotPages(SLOTS, LIST)
