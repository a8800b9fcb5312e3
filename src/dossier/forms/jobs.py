"""Work on forms done later: ending them, writing what was planned, letting go of sessions and codes."""

from dossier.forms.actions import due, entering
from dossier.foundation.jobs import Jobs

JOBS: Jobs = {due.DO_FORM: due.do_form, due.DO_DUE_FORMS: due.do_all, entering.FORGET: entering.forget_old}
