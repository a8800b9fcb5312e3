"""What webhooks leave to the background."""

from dossier.foundation.jobs import Job, Jobs
from dossier.webhooks.actions import keys

JOBS: Jobs = {Job("webhooks.rotate_keys", cron="41 2 * * *"): keys.rotate}
