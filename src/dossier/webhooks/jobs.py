"""What webhooks leave to the background."""

from dossier.foundation.actor import system
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services
from dossier.webhooks.actions import feed, keys


async def mark_order(services: Services) -> None:
    """Write down how far the order of events is."""
    await services.database.write(system(), feed.mark)


JOBS: Jobs = {
    Job("webhooks.rotate_keys", cron="41 2 * * *"): keys.rotate,
    Job("webhooks.mark_order", cron="17 * * * *"): mark_order,
}
