"""What notices leave to the background, beside the e-mails (`pages/mails.py`)."""

from dossier.foundation.actor import system
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services
from dossier.notices import actions


async def forget(services: Services) -> None:
    """Forget notices that are older than ninety days."""
    await services.database.write(system(), actions.forget)


JOBS: Jobs = {
    Job("notices.forget", cron="41 3 * * *"): forget,
    Job("notices.tell_of_dues", cron="*/10 * * * *"): actions.tell_of_dues,
}
