"""What the audit log leaves to the background."""

from dossier.audit import actions
from dossier.foundation.actor import system
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services


async def purge_expired_entries(services: Services) -> None:
    """Forget entries that are older than two years."""
    await services.database.write(system(), actions.forget)


JOBS: Jobs = {Job("audit.forget_entries", cron="27 3 * * *"): purge_expired_entries}
