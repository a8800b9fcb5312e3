"""What can be done to members."""

from uuid import UUID

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import new_id
from dossier.members import model, store
from dossier.members.model import Member, Role


async def create(
    transaction: Transaction,
    email: str,
    workspace_id: UUID,
    role: Role,
    *,
    given_name: str | None = None,
    family_name: str | None = None,
) -> Member:
    """A member with a place in a workspace; a known address gets the place, and keeps its name."""
    Invalid.if_any(model.email_problems(email, "/email"))
    member = await store.by_email(transaction, email)
    if member is None:
        member = Member(new_id(), email, given_name or None, family_name or None, transaction.clock())
        await store.insert(transaction, member)
    await store.join(transaction, member.id, workspace_id, role)
    return member


async def owner(transaction: Transaction, workspace_id: UUID, email: str, at: str) -> Member:
    """The member of a workspace whom a body names as owner; 400 pointing `at` it when there is none."""
    if found := await store.of_workspace(transaction, workspace_id, email):
        return found
    raise Invalid.because(f"“{email[:120]}” is no member of the workspace.", "unknown_owner", pointer=at)
