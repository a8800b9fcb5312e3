"""What can be done to members."""

from uuid import UUID

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Reading, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.identifiers import new_id
from dossier.members import model
from dossier.members.model import Member, Role
from dossier.members.store import people as store


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


async def acting(reading: Reading, workspace_id: UUID, member_id: UUID) -> Actor | None:
    """The member as who does something in a workspace in scope, with the role they have now; None when they left."""
    everybody = await store.colleagues(reading, workspace_id)
    found = next((each for each in everybody if each["id"] == member_id), None)
    if found is None:
        return None
    name = " ".join(filter(None, (found["given_name"], found["family_name"]))) or found["email"]
    scope = Scope((workspace_id,), member_id if found["role"] == "limited" else None)
    return Actor("member", member_id, name, "app", scope)


async def change_role(transaction: Transaction, workspace_id: UUID, member_id: UUID, role: Role) -> None:
    """Give a colleague another role; nobody changes their own, and an administrator stays."""
    await _other(transaction, workspace_id, member_id, stays=role == "administrator")
    await store.join(transaction, member_id, workspace_id, role)


async def give_studio(transaction: Transaction, workspace_id: UUID, member_id: UUID, studio: bool) -> None:
    """Let a colleague design templates, or not any more; 404."""
    if not await store.set_studio(transaction, workspace_id, member_id, studio):
        raise NotFound.because("There is no such member in this workspace.")


async def remove(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> None:
    """End a colleague's place in a workspace; nobody removes themselves, and an administrator stays."""
    await _other(transaction, workspace_id, member_id, stays=False)
    await store.leave(transaction, member_id, workspace_id)


async def _other(transaction: Transaction, workspace_id: UUID, member_id: UUID, *, stays: bool) -> None:
    roles = await store.lock_roles(transaction, workspace_id)
    if member_id not in roles:
        raise NotFound.because("There is no such member in this workspace.")
    if member_id == transaction.actor.id:
        raise Conflict.because("Nobody changes their own place; ask another administrator.", "own_role")
    others = [each for each, role in roles.items() if role == "administrator" and each != member_id]
    if not stays and not others:
        raise Conflict.because("A workspace keeps at least one administrator.", "last_administrator")
