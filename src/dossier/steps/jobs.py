"""Steps whose time has come."""

from dossier.foundation.jobs import Jobs
from dossier.steps.actions import due

JOBS: Jobs = {due.DO_STEPS: due.do_case, due.DO_DUE_STEPS: due.do_all}
