"""What the audit log leaves to the background."""

from dossier.audit import actions
from dossier.foundation.actor import SERVER, Actor
from dossier.foundation.database import Database
from dossier.foundation.jobs import Job, Jobs


async def forget_entries(database: Database) -> None:
    """Forget entries that are older than two years."""
    await database.write(Actor("system", None, "Dossier", "system", SERVER), actions.forget)


JOBS: Jobs = {Job("audit.forget_entries", cron="27 3 * * *"): forget_entries}
