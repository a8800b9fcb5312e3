"""Work on members done later: forgetting what let them in and does no more."""

from dossier.foundation.database import Database
from dossier.foundation.jobs import Job, Jobs
from dossier.members import actions
from dossier.members.actions.sign_in import NOBODY


async def forget_sign_ins(database: Database) -> None:
    """Delete ended sessions and links, and failures that count no more."""
    await database.write(NOBODY, actions.forget)


JOBS: Jobs = {Job("members.forget_sign_ins", cron="47 * * * *"): forget_sign_ins}
