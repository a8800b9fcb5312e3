"""Work on forms done later: ending them, writing what was planned, making those of batches, letting go of sessions and codes, their words."""

from dossier.forms.actions import batches, bulk, due, entering, gathering
from dossier.forms.model import FORM_RECORD
from dossier.forms.store.words import SEARCH
from dossier.foundation.jobs import Jobs
from dossier.listing.indexing import Indexing

WORDS = Indexing.of("forms", SEARCH, FORM_RECORD.name)

JOBS: Jobs = {
    due.DO_FORM: due.do_form,
    due.DO_DUE_FORMS: due.do_all,
    batches.DO_BATCH: batches.do_batch,
    batches.DO_DUE_BATCHES: batches.do_all,
    entering.FORGET: entering.forget_old,
    gathering.SEND: gathering.send_code,
    **bulk.JOBS,
    **WORDS.jobs(),
}
