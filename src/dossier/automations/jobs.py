"""What rules leave to the background: their actions, those of time, and forgetting what is long over."""

from datetime import timedelta

from dossier.automations import store
from dossier.automations.actions import (
    CALL,
    CLOCK,
    MESSAGE,
    RUN,
    RUN_CALLING,
    call_step,
    fire_due,
    fire_for_message,
    run,
)
from dossier.foundation.actor import system
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services


async def sweep(services: Services) -> None:
    """Forget runs that are over since long."""
    before = services.clock() - timedelta(days=store.KEPT_DAYS)
    await services.database.write(system(), lambda tx: store.sweep(tx, before))


JOBS: Jobs = {
    RUN: run,
    RUN_CALLING: run,
    CALL: call_step,
    CLOCK: fire_due,
    MESSAGE: fire_for_message,
    Job("automations.sweep", cron="23 3 * * *"): sweep,
}
