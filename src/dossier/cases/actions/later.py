"""Work that is asked for here and done later, in `cases/jobs.py`."""

from dossier.case_templates import FieldIndexes
from dossier.cases.events import CASE
from dossier.cases.store.collection import FIELD_INDEX
from dossier.cases.store.texts import SEARCH
from dossier.foundation.jobs import BULK, Job
from dossier.listing.field_index import Backfill
from dossier.listing.indexing import Indexing

CHANGE_MANY = Job("cases.change_many", BULK)  # workspace, bulk
GIVE_UP_CHANGES = Job("cases.give_up_changes", cron="* * * * *")
TELL_OF_CONTACTS = Job("cases.tell_of_contacts", BULK)  # workspace
TELL_OF_FILES = Job("cases.tell_of_files", BULK)  # workspace
READ_PAST_CONTACTS = Job("cases.read_past_contacts", BULK, cron="* * * * *")
BACKFILL_INDEX = Job("cases.backfill_index", BULK)  # workspace, field
BACKFILL_MISSING = Job("cases.backfill_missing", BULK, cron="* * * * *")
BACKFILL = Backfill(FIELD_INDEX, BACKFILL_INDEX, BACKFILL_MISSING)
INDEXES = FieldIndexes(BACKFILL)
WORDS = Indexing.of("cases", SEARCH, CASE)
