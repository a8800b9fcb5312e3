"""Work on contacts done later: their words."""

from dossier.contacts.store import SEARCH
from dossier.foundation.jobs import Job, Jobs
from dossier.listing.indexing import Indexing

REFRESH_WORDS = Job("contacts.refresh_words")  # workspace
SWEEP_WORDS = Job("contacts.sweep_words")  # workspace
REFRESH_ALL_WORDS = Job("contacts.refresh_all_words", cron="*/5 * * * *")
WORDS = Indexing(SEARCH, REFRESH_WORDS, SWEEP_WORDS, REFRESH_ALL_WORDS)

JOBS: Jobs = WORDS.jobs()
