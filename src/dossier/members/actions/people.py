"""What can be done to members."""

from uuid import UUID

from dossier import audit, permissions, workspaces
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.identifiers import new_id
from dossier.members import model
from dossier.members.model import Member
from dossier.members.store import people as store
from dossier.members.store import sign_in
from dossier.permissions import Role
from dossier.web.workspace.current_user import Looker


async def create(
    transaction: Transaction,
    email: str,
    workspace_id: UUID,
    role: Role,
    *,
    given_name: str | None = None,
    family_name: str | None = None,
) -> Member:
    """A member with a place in a workspace, as the server's operator gives it; a known address keeps its name.

    What opens an account that nobody vouched for so far ends: whoever set it up may not be whom the operator means.
    """
    transaction.actor.require("server.operate")
    if await store.by_email(transaction, email) is None and await store.folded_alike(transaction, email):
        detail = "Another member's address differs from this one by letters that look alike; use that one."
        raise Conflict.because(detail, "duplicate", pointer="/email")
    member = await known_or_new(transaction, email, given_name, family_name)
    if not await sign_in.is_proved(transaction, member.id):
        await sign_in.end_what_opens(transaction, member.id)
    await store.join(transaction, member.id, workspace_id, role)
    await audit.record(transaction, "member.added", member.id, workspace_id=workspace_id, role=role)
    return member


async def known_or_new(
    transaction: Transaction, email: str, given_name: str | None = None, family_name: str | None = None
) -> Member:
    """The member with an address; a new one when there is none. 400."""
    Invalid.if_any(model.email_problems(email, "/email"))
    if member := await store.by_email(transaction, email):
        return member
    member = Member(new_id(), email, given_name or None, family_name or None, transaction.clock())
    await store.insert(transaction, member)
    return member


async def owner(transaction: Transaction, workspace_id: UUID, email: str, at: str) -> Member:
    """The member of a workspace whom a body names as owner; 400 pointing `at` it when there is none."""
    if found := await store.find_in_workspace(transaction, workspace_id, email):
        return found
    raise Invalid.because("“{email}” is no member of the workspace.", "unknown_owner", pointer=at, email=email)


async def is_member(reading: ReadSession, workspace_id: UUID, email: str) -> bool:
    """Whether somebody of that address works in a workspace in scope."""
    return await store.find_in_workspace(reading, workspace_id, email) is not None


async def actor_for_member(reading: ReadSession, workspace_id: UUID, member_id: UUID) -> Actor | None:
    """The member as who does something in a workspace in scope, with the role they have now; None when they left."""
    found = await looker(reading, workspace_id, member_id)
    return found.actor if found else None


async def looker(reading: ReadSession, workspace_id: UUID, member_id: UUID) -> Looker | None:
    """The same as who looks at a list there."""
    everybody = await store.list_members(reading, workspace_id)
    found = next((each for each in everybody if each.id == member_id), None)
    if found is None:
        return None
    scope = Scope((workspace_id,), member_id if found.role == "limited" else None)
    actor = Actor("member", member_id, found.name, "app", scope, permissions.of_member(found.role, studio=found.studio))
    return Looker(actor, found.email, workspace_id, (await workspaces.get(reading, workspace_id)).time_zone)


async def change_role(transaction: Transaction, workspace_id: UUID, member_id: UUID, role: Role) -> None:
    """Give a colleague another role; nobody changes their own, and an administrator stays."""
    transaction.actor.require("members.manage")
    await _other(transaction, workspace_id, member_id, stays=role == "administrator")
    await store.change_role(transaction, member_id, workspace_id, role)
    await audit.record(transaction, "member.role_changed", member_id, workspace_id=workspace_id, role=role)
    if role != "administrator":
        await store.end_tokens(transaction, member_id, workspace_id)  # only administrators make tokens


async def give_studio(transaction: Transaction, workspace_id: UUID, member_id: UUID, studio: bool) -> None:
    """Let a colleague design templates, or not any more; 404."""
    transaction.actor.require("members.manage")
    if not await store.set_studio(transaction, workspace_id, member_id, studio):
        raise NotFound.because("There is no such member in this workspace.")
    await audit.record(transaction, "member.studio_changed", member_id, workspace_id=workspace_id, studio=studio)


async def remove(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> None:
    """End a colleague's place in a workspace; nobody removes themselves, and an administrator stays."""
    transaction.actor.require("members.manage")
    await _other(transaction, workspace_id, member_id, stays=False)
    await store.leave(transaction, member_id, workspace_id)
    await audit.record(transaction, "member.removed", member_id, workspace_id=workspace_id)


async def erase(transaction: Transaction, email: str) -> tuple[UUID, str]:
    """Forget who works nowhere any more: name, address, and what opened the account; the id stays, and what they were called. 404, 409.

    Who is called so in cases is for whoever knows cases (`contacts/actions/erasing.py`).
    """
    transaction.actor.require("server.operate")
    member = await store.by_email(transaction, email)
    if member is None:
        raise NotFound.because("There is no member {email}.", email=email)
    if places := await store.workspaces_of(transaction, member.id):
        raise Conflict.because(
            "They are a member of {places}; remove them there first, where their cases are given to somebody.",
            "works_somewhere",
            places=tuple(places),
        )
    name = await store.name_of(transaction, member.id)
    await sign_in.end_what_opens(transaction, member.id)
    await store.make_nameless(transaction, member.id)
    return member.id, name


async def _other(transaction: Transaction, workspace_id: UUID, member_id: UUID, *, stays: bool) -> None:
    roles = await store.lock_roles(transaction, workspace_id)
    if member_id not in roles:
        raise NotFound.because("There is no such member in this workspace.")
    if member_id == transaction.actor.id:
        raise Conflict.because("Nobody changes their own place; ask another administrator.", "own_role")
    others = [each for each, role in roles.items() if role == "administrator" and each != member_id]
    if not stays and not others:
        raise Conflict.because("A workspace keeps at least one administrator.", "last_administrator")
