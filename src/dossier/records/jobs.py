"""What is kept of work on things, forgotten when its time is past."""

from dossier.foundation import stored_answers
from dossier.foundation.jobs import SYSTEM, Job, Jobs
from dossier.foundation.services import Services
from dossier.records.store import bulk


async def purge_expired(services: Services) -> None:
    """Forget the stored answers of idempotent requests after a day, and changes of many things after a month."""
    async with services.database.transaction(SYSTEM) as transaction:
        await stored_answers.purge_expired(transaction)
        await bulk.purge_expired(transaction)


JOBS: Jobs = {Job("cases.forget_answers", cron="17 * * * *"): purge_expired}  # its name is in tables by now
