"""What members do to their own account, besides its keys: name, language, where they are signed in."""

from dossier import audit
from dossier.foundation import events
from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.members.actions.sign_in import hashed
from dossier.members.events import MemberRenamed
from dossier.members.store import people
from dossier.members.store import sign_in as store
from dossier.web.workspace.current_user import CurrentUser


async def set_profile(
    transaction: Transaction, user: CurrentUser, given: str | None, family: str | None, language: str | None
) -> None:
    """Another name, or another language (None: as the browser asks)."""
    transaction.actor.require("account.change")
    assert user.actor.id
    await people.set_profile(transaction, user.actor.id, given, family, language)
    await events.publish(transaction, MemberRenamed(user.actor.id))


async def end_sessions(transaction: Transaction, user: CurrentUser, wanted: str) -> None:
    """End one of one's sessions by its mark, or all but this one (“others”); 404."""
    transaction.actor.require("account.change")
    assert user.actor.id
    await audit.record(transaction, "member.sessions_ended", user.actor.id)
    if wanted == "others":
        await store.end_others(transaction, user.actor.id, hashed(user.secret))
    elif not await store.end_one(transaction, user.actor.id, wanted):
        raise NotFound.because("That session has ended already.")
