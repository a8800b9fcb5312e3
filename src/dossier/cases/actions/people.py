"""How cases show people: contacts in their slots, members as their owners and in their steps."""

from dossier.cases.actions.later import READ_PAST_CONTACTS, TELL_OF_CONTACTS
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import Case
from dossier.cases.store.collection import LINKS, VIEWS
from dossier.cases.store.texts import SEARCH
from dossier.contacts import ContactSlots, Erasing, Mentions, ShowsPeople

SLOTS: ContactSlots[Case] = ContactSlots(KEEPING, LINKS, TELL_OF_CONTACTS, READ_PAST_CONTACTS)
ERASING = Erasing((ShowsPeople(SLOTS, Mentions("cases", "steps", "owner_id"), SEARCH, VIEWS),))
