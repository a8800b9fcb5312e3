"""Work on forms done later: ending them, and writing what was planned."""

from dossier.forms.actions import due
from dossier.foundation.jobs import Jobs

JOBS: Jobs = {due.DO_FORM: due.do_form, due.DO_DUE_FORMS: due.do_all}
