"""How members come in: by password or one-time link, into a session that the server can end."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, TooManyRequests
from dossier.foundation.text import fold
from dossier.foundation.visitor import Visitor
from dossier.members.actions.people import create
from dossier.members.model import Role
from dossier.members.store import people, second_factor
from dossier.members.store import sign_in as store

SESSION_HOLDS = timedelta(days=14)
HALF_HOLDS = timedelta(minutes=10)  # to type the code of the second factor
SEEN_EVERY = timedelta(minutes=5)
LONGEST_AGENT = 300  # characters of what a browser calls itself
LINK_HOLDS = timedelta(days=7)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
FAILURES_COUNT = timedelta(minutes=15)
FAILURES_OF_ADDRESS = 10  # of an e-mail address within that time; a client address may fail five times as often
FAILURES_OF_CLIENT = 50

NOBODY = Actor("system", None, "Dossier", "app", Scope(()))

_hasher = PasswordHasher()  # Argon2id, RFC 9106's second recommendation
_nobodys_hash = _hasher.hash(secrets.token_hex())  # compared with when there is no password, so that it takes as long


@dataclass(frozen=True, slots=True)
class Begun:
    """A session's secret, which goes into the cookie and nowhere else; `half`: the second factor is still to come."""

    secret: str
    half: bool


def hashed(secret: str) -> bytes:
    """SHA-256 of a session's or a link's secret, which has 256 random bits: no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


async def sign_in(database: Database, email: str, password: str, client: str, agent: str = "") -> Begun:
    """A new session; 400, always the same, when address or password is wrong, 429 after too many."""
    keys = [hashed(f"email:{fold(email)}"), hashed(f"client:{client}")]
    async with database.reading(NOBODY.scope) as reading:
        by_email, by_client = await store.failures(reading, keys, database.clock() - FAILURES_COUNT)
        known = await store.password_hash(reading, email)
    if by_email >= FAILURES_OF_ADDRESS or by_client >= FAILURES_OF_CLIENT:
        detail = "Too many attempts failed. Wait a quarter of an hour, or ask an administrator for a link."
        raise TooManyRequests.because(detail, "too_many_attempts")
    right = await asyncio.to_thread(_verify, known["hash"] if known else None, password)
    if not known or not right:
        await database.write(NOBODY, lambda tx: store.note_failure(tx, keys))
        raise Invalid.because("E-mail address or password is wrong.", "wrong_password")
    return await database.write(NOBODY, lambda tx: begin_session(tx, known["id"], agent=agent))


def _verify(hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(hash or _nobodys_hash, password[:LONGEST_PASSWORD]) and hash is not None
    except VerificationError:
        return False


async def begin_session(
    transaction: Transaction, member_id: UUID, *, by_link: bool = False, agent: str = "", trusted: bool = False
) -> Begun:
    """A new session in the member's first workspace; half of one where a second factor is set up.

    `trusted`: an identity provider vouches for the member, and asks for what it wants itself.
    """
    workspace = await store.first_workspace(transaction, member_id)
    if workspace is None:
        raise Invalid.because("You are in no workspace any more; ask an administrator.", "no_workspace")
    secret = secrets.token_urlsafe(32)
    factor = None if trusted else await second_factor.get(transaction, member_id)
    half = bool(factor and factor["confirmed_at"])
    session = store.NewSession(
        hash=hashed(secret),
        member_id=member_id,
        workspace_id=workspace,
        by_link=by_link,
        half=half,
        client=agent[:LONGEST_AGENT] or None,
        expires_at=transaction.clock() + (HALF_HOLDS if half else SESSION_HOLDS),
    )
    await store.insert_session(transaction, session)
    return Begun(secret, half)


async def visitor(database: Database, secret: str) -> Visitor | None:
    """Whom a session stands for; None when it ended."""
    async with database.reading(NOBODY.scope) as reading:
        row = await store.session(reading, hashed(secret), database.clock())
    if row is None:
        return None
    if row["seen_at"] is None or database.clock() - row["seen_at"] > SEEN_EVERY:
        await database.write(NOBODY, lambda tx: store.note_seen(tx, hashed(secret)))
    name = " ".join(filter(None, (row["given_name"], row["family_name"]))) or row["email"]
    scope = Scope((row["workspace_id"],), row["id"] if row["role"] == "limited" else None)
    return Visitor(
        actor=Actor("member", row["id"], name, "app", scope),
        email=row["email"],
        role=row["role"],
        asks_password=row["asks_password"],
        workspace_id=row["workspace_id"],
        workspace=row["workspace"],
        slug=row["slug"],
        time_zone=row["time_zone"],
        language=row["language"],
        studio=row["studio"],
        administered=tuple(
            (UUID(each["id"]), each["slug"], each["name"]) for each in row["workspaces"] if each["administered"]
        ),
        workspaces=tuple((UUID(each["id"]), each["name"]) for each in row["workspaces"]),
        secret=secret,
    )


async def end_session(transaction: Transaction, secret: str) -> None:
    """Sign out."""
    await store.end_session(transaction, hashed(secret))


async def switch_workspace(transaction: Transaction, secret: str, workspace_id: UUID) -> None:
    """Go to another of one's workspaces; 404 when it is none of them."""
    if not await store.move_session(transaction, hashed(secret), workspace_id):
        raise NotFound.because("There is no such workspace.")


async def link(transaction: Transaction, member_id: UUID, workspace_id: UUID | None) -> str:
    """The secret of a one-time link with which a member comes in and sets a password; an earlier one ends.

    `workspace_id` is that of the administrator who makes it, None for the server's operator.
    """
    secret = secrets.token_urlsafe(32)
    ends = transaction.clock() + LINK_HOLDS
    await store.insert_link(transaction, hashed(secret), member_id, workspace_id, ends)
    return secret


async def link_for(transaction: Transaction, email: str) -> str:
    """The same by e-mail address: for the server's operator; 404."""
    member = await people.by_email(transaction, email)
    if member is None:
        raise NotFound.because(f"There is no member {email[:120]}; `dossier member create` makes one.")
    return await link(transaction, member.id, None)


async def link_of_colleague(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> tuple[str, str]:
    """E-mail address of a colleague and a link for them; 409 when it would open other workspaces too."""
    everybody = await people.colleagues(transaction, workspace_id)
    found = next((each for each in everybody if each["id"] == member_id), None)
    if found is None:
        raise NotFound.because("There is no such member in this workspace.")
    if await store.works_elsewhere(transaction, member_id, workspace_id):
        detail = "They work in other workspaces too, which a link would open; ask the server's operator for one."
        raise Conflict.because(detail, "works_elsewhere")
    return found["email"], await link(transaction, member_id, workspace_id)


async def invite(
    transaction: Transaction, email: str, workspace_id: UUID, role: Role, *, given_name: str, family_name: str
) -> str | None:
    """A new colleague, and the secret of their link; None for who works elsewhere and has a password already."""
    if await people.of_workspace(transaction, workspace_id, email):
        raise Conflict.because(f"{email[:120]} is a member of this workspace already.", "duplicate", pointer="/email")
    names = {"given_name": given_name, "family_name": family_name}
    member = await create(transaction, email, workspace_id, role, **names)
    if await store.works_elsewhere(transaction, member.id, workspace_id):
        return None
    return await link(transaction, member.id, workspace_id)


async def use_link(database: Database, secret: str, agent: str = "") -> Begun:
    """A new session for whom a link is for; 404 when it was used, replaced, or is too old."""

    async def work(transaction: Transaction) -> Begun | None:
        member = await store.take_link(transaction, hashed(secret))
        return await begin_session(transaction, member, by_link=True, agent=agent) if member else None

    if session := await database.write(NOBODY, work):
        return session
    raise NotFound.because("This link was used already, or is too old. Ask an administrator for a new one.")


async def set_password(database: Database, visitor: Visitor, new: str, current: str) -> None:
    """Give oneself a password, and end one's other sessions; the present one is asked for where there is one."""
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        detail = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words make a good one."
        raise Invalid.because(detail, "invalid_password", pointer="/new")
    async with database.reading(visitor.actor.scope) as reading:
        known = await store.password_hash(reading, visitor.email)
    if visitor.asks_password and known and not await asyncio.to_thread(_verify, known["hash"], current):
        raise Invalid.because("That is not your present password.", "wrong_password", pointer="/current")
    hash = await asyncio.to_thread(_hasher.hash, new)

    async def work(transaction: Transaction) -> None:
        assert visitor.actor.id
        await store.keep_password(transaction, visitor.actor.id, hash)
        await store.end_sessions(transaction, visitor.actor.id, hashed(visitor.secret))

    await database.write(visitor.actor, work)


async def forget(transaction: Transaction) -> None:
    """Delete what let people in once and does no more."""
    await store.forget(transaction, transaction.clock() - FAILURES_COUNT)
