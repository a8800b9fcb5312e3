"""Work on forms done later: ending them, writing what was planned, making those of batches, letting go of sessions and codes."""

from dossier.forms.actions import batches, due, entering
from dossier.foundation.jobs import Jobs

JOBS: Jobs = {
    due.DO_FORM: due.do_form,
    due.DO_DUE_FORMS: due.do_all,
    batches.DO_BATCH: batches.do_batch,
    batches.DO_DUE_BATCHES: batches.do_all,
    entering.FORGET: entering.forget_old,
}
