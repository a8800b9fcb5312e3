"""Work on contacts done later: their words."""

from dossier.contacts.model import CONTACT_RECORD
from dossier.contacts.store.people import SEARCH
from dossier.foundation.jobs import Jobs
from dossier.listing.indexing import Indexing

WORDS = Indexing.of("contacts", SEARCH, CONTACT_RECORD.name)

JOBS: Jobs = WORDS.jobs()
