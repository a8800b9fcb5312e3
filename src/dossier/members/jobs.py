"""Work on members done later: forgetting what let them in and does no more."""

from dossier.foundation.database import Database
from dossier.members import actions
from dossier.members.actions.sign_in import NOBODY


async def forget_sign_ins(database: Database) -> None:
    """Delete ended sessions and links, and failures that count no more."""
    await database.write(NOBODY, actions.forget)
