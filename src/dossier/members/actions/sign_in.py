"""How members come in: by password or one-time link, into a session that the server can end."""

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from dossier import audit, permissions
from dossier.audit.model import Result
from dossier.foundation import events
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from dossier.foundation.text import email_identity, fold
from dossier.members.actions.people import known_or_new
from dossier.members.actions.throttle import Attempt
from dossier.members.events import MemberRenamed
from dossier.members.model import LinkFor
from dossier.members.store import people, second_factor
from dossier.members.store import sign_in as store
from dossier.permissions import Role
from dossier.web.workspace.current_user import CurrentUser

SESSION_TTL = timedelta(days=14)
SESSION_IDLES = timedelta(hours=12)  # without a request, then it ends
MFA_PENDING_TTL = timedelta(minutes=10)  # to type the code of the second factor
SEEN_EVERY = timedelta(minutes=5)
MAX_AGENT = 300  # characters of what a browser calls itself
LINK_TTL = timedelta(days=7)  # of an invitation
COLLEAGUE_LINK_TTL = timedelta(days=1)  # of one that opens an account that is there
LINK_SETS = timedelta(minutes=15)  # after coming in, a password can be set without giving the present one
MIN_PASSWORD, MAX_PASSWORD = 12, 200
ESTIMATED = 72  # characters that are enough to judge a password by; more take long
GOOD = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses
FAILURES_COUNT = timedelta(minutes=15)
FAILURES_OF_ADDRESS = 10  # of an e-mail address from one client address within that time
FAILURES_OF_ADDRESS_IN_ALL = 100  # from anywhere
FAILURES_OF_CLIENT = 50  # of a client address, whatever e-mail addresses it tries

NOBODY = system("app")

_hasher = PasswordHasher()  # Argon2id, RFC 9106's second recommendation


def _of_nobody() -> str:
    """A hash that no password has, compared with when there is none, so that it takes as long."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${salt}${digest}"


_nobodys_hash = _of_nobody()


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session's secret, which goes into the cookie and nowhere else; `mfa_pending`: the second factor is still to come."""

    secret: str
    mfa_pending: bool


def hashed(secret: str) -> bytes:
    """SHA-256 of a session's or a link's secret, which has 256 random bits: no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


async def sign_in(
    database: Database, email: str, password: str, client: str, agent: str = "", device: str = ""
) -> NewSession:
    """A new session; 400, always the same, when address or password is wrong, 429 after too many.

    `device`: names the browser when the member came in with it before. Its failures are counted apart, so that no
    stranger locks the member out of it.
    """
    who = email_identity(email)
    attempt = Attempt({f"device:{device}": FAILURES_OF_ADDRESS} if device else _strangers(who, client))
    await attempt.take(database)
    async with database.reading(NOBODY.scope) as reading:
        known = await store.password_hash(reading, email)
    right = await asyncio.to_thread(_verify, known.hash if known else None, password)
    if not known or not right:
        if known:
            await database.write(NOBODY, lambda tx: note(tx, "member.sign_in_failed", known.id, "failed"))
        raise Invalid.because("E-mail address or password is wrong.", "wrong_password")
    await attempt.was_right(database)

    async def work(transaction: Transaction) -> NewSession:
        await note(transaction, "member.signed_in", known.id)
        return await begin_session(transaction, known.id, agent=agent)

    return await database.write(NOBODY, work)


async def note(transaction: Transaction, act: str, member_id: UUID, result: Result = "done") -> None:
    """Record what a member does before they are somebody in a session."""
    actor = Actor("member", member_id, await people.name_of(transaction, member_id), "app", NOBODY.scope)
    await audit.record_of_member(transaction, act, member_id, actor=actor, result=result)


def _strangers(who: str, client: str) -> dict[str, int]:
    return {
        f"email:{who} from {client}": FAILURES_OF_ADDRESS,
        f"email:{who}": FAILURES_OF_ADDRESS_IN_ALL,
        f"client:{client}": FAILURES_OF_CLIENT,
    }


def _verify(hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(hash or _nobodys_hash, password[:MAX_PASSWORD]) and hash is not None
    except VerificationError:
        return False


async def begin_session(
    transaction: Transaction, member_id: UUID, *, by_link: bool = False, agent: str = "", trusted: bool = False
) -> NewSession:
    """A new session in the member's first workspace; half of one where a second factor is set up.

    `trusted`: an identity provider vouches for the member, and asks for what it wants itself.
    """
    workspace = await store.first_workspace(transaction, member_id)
    if workspace is None:
        raise Invalid.because("You are in no workspace any more; ask an administrator.", "no_workspace")
    secret = secrets.token_urlsafe(32)
    factor = None if trusted else await second_factor.get(transaction, member_id)
    mfa_pending = bool(factor and factor.confirmed_at)
    session = store.NewSession(
        hash=hashed(secret),
        member_id=member_id,
        workspace_id=workspace,
        by_link=by_link,
        half=mfa_pending,
        client=agent[:MAX_AGENT] or None,
        expires_at=transaction.clock() + (MFA_PENDING_TTL if mfa_pending else SESSION_TTL),
    )
    await store.insert_session(transaction, session)
    return NewSession(secret, mfa_pending)


async def authenticate_session(database: Database, secret: str) -> CurrentUser | None:
    """Whom a session stands for; None when it ended."""
    async with database.reading(NOBODY.scope, "gate") as reading:
        now = database.clock()
        row = await store.session(reading, hashed(secret), now, now - SESSION_IDLES)
    if row is None:
        return None
    if row.seen_at is None or database.clock() - row.seen_at > SEEN_EVERY:
        await database.write(NOBODY, lambda tx: store.note_seen(tx, hashed(secret)))
    scope = Scope((row.workspace_id,), row.id if row.role == "limited" else None)
    may = permissions.of_member(row.role, studio=row.studio)
    return CurrentUser(
        # Who came by a one-time link may be whoever made it: histories say so until they set a password.
        actor=Actor("member", row.id, row.name, "link" if row.by_link else "app", scope, may),
        email=row.email,
        role=row.role,
        asks_password=row.asks_password,
        by_link=row.by_link,
        workspace_id=row.workspace_id,
        workspace=row.workspace,
        slug=row.slug,
        time_zone=row.time_zone,
        accent=row.accent,
        logo=row.logo,
        language=row.language,
        administered=tuple(
            (UUID(each["id"]), each["slug"], each["name"]) for each in row.workspaces if each["administered"]
        ),
        workspaces=tuple((UUID(each["id"]), each["name"]) for each in row.workspaces),
        secret=secret,
        confirmed_at=row.session_confirmed_at,
        proof=row.proof,
    )


async def note_confirmed(transaction: Transaction, user: CurrentUser) -> None:
    """They have proved again who they are: for a quarter of an hour nothing asks."""
    transaction.actor.require("account.change")
    assert user.actor.id
    await store.note_confirmed(transaction, hashed(user.secret))
    await audit.record_of_member(transaction, "member.confirmed", user.actor.id)


async def end_session(transaction: Transaction, secret: str) -> None:
    """Sign out."""
    if transaction.actor.type == "member" and transaction.actor.id:
        await audit.record(transaction, "member.signed_out", transaction.actor.id)
    await store.end_session(transaction, hashed(secret))


async def switch_workspace(transaction: Transaction, secret: str, workspace_id: UUID) -> None:
    """Go to another of one's workspaces; 404 when it is none of them."""
    transaction.actor.require("account.change")
    if not await store.move_session(transaction, hashed(secret), workspace_id):
        raise NotFound.because("There is no such workspace.")


async def link(
    transaction: Transaction, member_id: UUID, workspace_id: UUID | None, holds: timedelta = LINK_TTL
) -> str:
    """The secret of a one-time link with which a member comes in and sets a password; an earlier one ends.

    `workspace_id` is that of the administrator who makes it, None for the server's operator.
    """
    secret = secrets.token_urlsafe(32)
    ends = transaction.clock() + holds
    await store.insert_link(transaction, hashed(secret), member_id, workspace_id, ends)
    return secret


async def link_for(transaction: Transaction, email: str) -> str:
    """The same by e-mail address: for the server's operator; 404."""
    transaction.actor.require("server.operate")
    member = await people.by_email(transaction, email)
    if member is None:
        raise NotFound.because("There is no member {email}; `dossier member create` makes one.", email=email)
    await audit.record_of_member(transaction, "link.made", member.id)
    return await link(transaction, member.id, None, COLLEAGUE_LINK_TTL)


async def link_of_colleague(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> tuple[str, str]:
    """E-mail address of a colleague, or of who is invited, and a link for them; 409 when it would open other workspaces."""
    transaction.actor.require("members.manage")
    everybody = await people.everybody(transaction, workspace_id)
    found = next((each for each in everybody if each.id == member_id), None)
    if found is None:
        raise NotFound.because("There is no such member in this workspace.")
    if found.accepted_at and await store.works_elsewhere(transaction, member_id, workspace_id):
        detail = "They work in other workspaces too, which a link would open; ask the server's operator for one."
        raise Conflict.because(detail, "works_elsewhere")
    await audit.record(transaction, "link.made", member_id, workspace_id=workspace_id)
    holds = COLLEAGUE_LINK_TTL if found.accepted_at else LINK_TTL
    return found.email, await link(transaction, member_id, workspace_id, holds)


async def invite(
    transaction: Transaction, email: str, workspace_id: UUID, role: Role, *, given_name: str, family_name: str
) -> str:
    """Propose a place to somebody; the secret of the link with which they accept it.

    Always the same, whether or not the address has an account on this server: nobody learns who works elsewhere.
    """
    transaction.actor.require("members.manage")
    colleagues = await people.everybody(transaction, workspace_id)
    if any(email_identity(each.email) == email_identity(email) for each in colleagues):
        raise Conflict.because(
            "{email} is a member of this workspace already.", "duplicate", pointer="/email", email=email
        )
    if any(fold(each.email) == fold(email) for each in colleagues):
        detail = "A colleague's address differs from this one by letters that look alike; use that one."
        raise Conflict.because(detail, "duplicate", pointer="/email")
    member = await known_or_new(transaction, email)
    await people.propose(transaction, member.id, workspace_id, role, given_name, family_name)
    await audit.record(transaction, "member.invited", member.id, workspace_id=workspace_id, role=role)
    return await link(transaction, member.id, workspace_id)


async def use_link(
    database: Database, secret: str, agent: str = "", user: CurrentUser | None = None
) -> NewSession | None:
    """A new session for whom a link is for; None when it only added a workspace to the one that is open.

    404 when it was used, replaced, or is too old; 401 when it is for an account that somebody vouched for, which is to
    sign in first.
    """

    async def work(transaction: Transaction) -> NewSession | None:
        found = await store.link_of(transaction, hashed(secret))
        if found is None:
            raise NotFound.because("This link was used already, or is too old. Ask an administrator for a new one.")
        if found.workspace_id and not found.accepted:
            return await _accept(transaction, found, found.workspace_id, hashed(secret), agent, user)
        if await store.take_link(transaction, hashed(secret)) is None:
            raise NotFound.because("This link was used already, or is too old. Ask an administrator for a new one.")
        if found.workspace_id is None:
            await store.prove(transaction, found.member_id)
        await note(transaction, "link.used", found.member_id)
        return await begin_session(transaction, found.member_id, by_link=True, agent=agent)

    return await database.write(NOBODY, work)


async def _accept(
    transaction: Transaction, found: LinkFor, workspace_id: UUID, link: bytes, agent: str, user: CurrentUser | None
) -> NewSession | None:
    """Take a proposed place up. Who is signed in as that member just gets it; a proved account must sign in for that.

    An account that nobody vouched for begins anew: whoever set its password may not be who was invited now.
    """
    member_id = found.member_id
    if user and user.actor.id == member_id:
        await store.take_link(transaction, link)
        await _take_place(transaction, member_id, workspace_id)
        await store.move_session(transaction, hashed(user.secret), workspace_id)
        return None
    if found.proved:
        raise Unauthenticated.because("You have an account here: sign in, then open the link again.", "sign_in_first")
    await store.begin_anew(transaction, member_id, workspace_id)
    await _take_place(transaction, member_id, workspace_id)
    return await begin_session(transaction, member_id, by_link=True, agent=agent)


async def _take_place(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> None:
    """Accept; who has no name of their own yet is called as the workspace called them."""
    if names := await store.accept(transaction, member_id, workspace_id):
        await note(transaction, "member.accepted", member_id)
        await people.name_if_nameless(transaction, member_id, names.given_name, names.family_name)
        await events.publish(transaction, MemberRenamed(member_id))


async def set_password(database: Database, user: CurrentUser, new: str, current: str) -> str:
    """Give oneself a password, and end one's other sessions; the present one is asked for where there is one.

    The secret under which this session goes on: whoever knows the old one is out.
    """
    user.actor.require("account.change")
    if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD:
        raise Invalid.because(
            "A password has {least} to {most} characters; a few words make a good one.",
            "invalid_password",
            pointer="/new",
            least=MIN_PASSWORD,
            most=MAX_PASSWORD,
        )
    if await asyncio.to_thread(is_easy, new, (user.email, user.actor.name, user.workspace, "dossier")):
        detail = "That password is among the first that are guessed; a few words that do not belong together make a good one."
        raise Invalid.because(detail, "easy_password", pointer="/new")
    await _raise_if_wrong_present(database, user, current)
    hash = await asyncio.to_thread(_hasher.hash, new)
    renewed = secrets.token_urlsafe(32)

    async def work(transaction: Transaction) -> None:
        assert user.actor.id
        await store.keep_password(transaction, user.actor.id, hash)
        await audit.record_of_member(transaction, "member.password_set", user.actor.id)
        await store.renew_session(transaction, hashed(user.secret), hashed(renewed))
        await store.end_sessions(transaction, user.actor.id, hashed(renewed))

    await database.write(user.actor, work)
    return renewed


def is_easy(password: str, own: Sequence[str]) -> bool:
    """Whether a password is guessed early: common ones, rows of keys, repeats, and what has to do with its owner."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 30 ms and 10 MB

    words = [part for text in own for part in (text, *re.split(r"[^\w]+", text)) if len(part) > 2]
    return int(zxcvbn(password[:ESTIMATED], user_inputs=words)["score"]) < GOOD


async def _raise_if_wrong_present(database: Database, user: CurrentUser, current: str) -> None:
    async with database.reading(user.actor.scope) as reading:
        known = await store.password_hash(reading, user.email)
    if not user.asks_password or not known:
        if database.clock() - user.confirmed_at > LINK_SETS:
            detail = (
                "That was too long after you came in. Ask for a new one-time link, or sign in again, and set it then."
            )
            raise Forbidden.because(detail, "confirm")
        return
    await raise_if_wrong_password(database, user, current)


async def raise_if_wrong_password(database: Database, user: CurrentUser, password: str) -> None:
    """400 when that is not the user's password, 429 after too many."""
    async with database.reading(user.actor.scope) as reading:
        known = await store.password_hash(reading, user.email)
    attempt = Attempt({f"present:{user.actor.id}": FAILURES_OF_ADDRESS})
    await attempt.take(database)
    if not await asyncio.to_thread(_verify, known.hash if known else None, password):
        raise Invalid.because("That is not your present password.", "wrong_password", pointer="/current")
    await attempt.was_right(database)


async def forget(transaction: Transaction) -> None:
    """Delete what let people in once and does no more."""
    transaction.actor.require("server.operate")
    await store.forget(transaction, transaction.clock() - FAILURES_COUNT)
