"""Work on members done later: forgetting what let them in and does no more."""

from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services
from dossier.members import actions
from dossier.members.actions.sign_in import NOBODY


async def purge_expired_sign_ins(services: Services) -> None:
    """Delete ended sessions and links, and failures that count no more."""
    await services.database.write(NOBODY, actions.forget)


JOBS: Jobs = {Job("members.forget_sign_ins", cron="47 * * * *"): purge_expired_sign_ins}
