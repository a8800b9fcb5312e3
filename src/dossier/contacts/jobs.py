"""Work on contacts done later: their words."""

from dossier.contacts.model import CONTACT_RECORD
from dossier.contacts.store.people import SEARCH
from dossier.foundation.jobs import INDEXING, Job, Jobs
from dossier.listing.indexing import Indexing

REFRESH_WORDS = Job("contacts.refresh_words", INDEXING, follows=CONTACT_RECORD.name)  # workspace
SWEEP_WORDS = Job("contacts.sweep_words", INDEXING)  # workspace
REFRESH_ALL_WORDS = Job("contacts.refresh_all_words", INDEXING, cron="*/5 * * * *")
WORDS = Indexing(SEARCH, REFRESH_WORDS, SWEEP_WORDS, REFRESH_ALL_WORDS)

JOBS: Jobs = WORDS.jobs()
