"""The second factor: a code of an app on the phone (RFC 6238), or a recovery code; each is good once."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from dossier import audit
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Unauthenticated
from dossier.members.actions.sign_in import NOBODY, SESSION_TTL, hashed
from dossier.members.actions.throttle import Attempt
from dossier.members.model import Factor
from dossier.members.store import people
from dossier.members.store import second_factor as store
from dossier.web.workspace.current_user import CurrentUser

ISSUER = "Dossier"
STEP = 30  # seconds that a code counts (RFC 6238)
DRIFT = 1  # steps that a phone's clock may be wrong
RECOVERY_CODES = 10
BEGUN_TTL = timedelta(minutes=10)  # until a code of it was seen
FAILURES = 5  # within a quarter of an hour


async def begin(transaction: Transaction, user: CurrentUser, cipher: Cipher, *, anew: bool = True) -> str:
    """The address that an authenticator app reads (`otpauth://…`); 409 when the factor is set up already.

    `anew`: with a new secret, so that whoever saw an earlier one that was not confirmed knows nothing.
    """
    transaction.actor.require("account.change")
    member = _member(user)
    known = await store.get(transaction, member)
    if known and known.confirmed_at:
        raise Conflict.because("Your second factor is set up already; remove it first.", "duplicate")
    goes_on = known is not None and not anew and _holds(known, transaction.clock())
    secret = cipher.decrypt(known.secret) if known and goes_on else pyotp.random_base32()
    if not goes_on:
        await store.begin(transaction, member, cipher.encrypt(secret))
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


async def confirm(database: Database, user: CurrentUser, cipher: Cipher, code: str) -> list[str]:
    """Count the factor from now on; the recovery codes, shown this once. 400 when the code is wrong, 429."""
    user.actor.require("account.change")
    member, attempt = _member(user), _attempt(_member(user))
    codes = ["-".join(secrets.token_hex(4) for _ in range(4)) for _ in range(RECOVERY_CODES)]  # 128 bits each
    await attempt.take(database)

    async def work(transaction: Transaction) -> None:
        known = await store.get(transaction, member)
        if known and not _holds(known, transaction.clock()):
            raise Invalid.because("That took too long: let your app read the picture below, which is new.", "too_late")
        if not await _is_right(transaction, member, cipher, code):
            raise Invalid.because("That code is wrong, or too old; type the one that your app shows now.", "wrong_code")
        await store.keep_recovery_codes(transaction, member, [hashed(each) for each in codes])
        await audit.record_of_member(transaction, "second_factor.added", member)

    await database.write(user.actor, work)
    await attempt.was_right(database)
    return codes


async def remove(database: Database, user: CurrentUser, cipher: Cipher, code: str) -> None:
    """Do without; 400 when the code is wrong, for a stolen session must not; 429."""
    user.actor.require("account.change")
    attempt = _attempt(_member(user))
    await attempt.take(database)

    async def work(transaction: Transaction) -> None:
        if not await _uses(transaction, _member(user), cipher, code):
            raise Invalid.because("That code is wrong; nothing was changed.", "wrong_code")
        await store.remove(transaction, _member(user))
        await audit.record_of_member(transaction, "second_factor.removed", _member(user))

    await database.write(user.actor, work)
    await attempt.was_right(database)


async def raise_if_wrong_code(database: Database, user: CurrentUser, cipher: Cipher, code: str) -> None:
    """400 when it is no code of the user's, which is used up else; 429 after too many."""
    attempt = _attempt(_member(user))
    await attempt.take(database)
    if not await database.write(user.actor, lambda tx: _uses(tx, _member(user), cipher, code)):
        raise Invalid.because("That code is wrong, was used before, or is too old.", "wrong_code")
    await attempt.was_right(database)


def _attempt(member_id: UUID) -> Attempt:
    """In a session and before it, one counter: they are the same codes."""
    return Attempt({f"second:{member_id}": FAILURES})


async def remove_of(transaction: Transaction, email: str) -> None:
    """Take away the factor of who lost phone and recovery codes: for the server's operator; 404."""
    transaction.actor.require("server.operate")
    member = await people.by_email(transaction, email)
    if member is None:
        raise NotFound.because("There is no member {email}.", email=email)
    await store.remove(transaction, member.id)
    await audit.record_of_member(transaction, "second_factor.removed", member.id)


async def complete_mfa(database: Database, mfa_pending: str, code: str, cipher: Cipher) -> str:
    """The secret of the whole session; 400 for a wrong code, 401 for no session that waits for it, 429 after too many."""
    async with database.reading(NOBODY.scope) as reading:
        session = await store.half_session(reading, hashed(mfa_pending))
        if session is None or session.expires_at <= database.clock():
            raise Unauthenticated.because("Sign in again.")
    attempt = _attempt(session.member_id)
    await attempt.take(database)

    async def work(transaction: Transaction) -> str | None:
        if not await _uses(transaction, session.member_id, cipher, code):
            await audit.record_of_member(transaction, "second_factor.failed", session.member_id, result="failed")
            return None
        whole, ends = secrets.token_urlsafe(32), transaction.clock() + SESSION_TTL
        return whole if await store.promote_session(transaction, hashed(mfa_pending), hashed(whole), ends) else None

    if whole := await database.write(NOBODY, work):
        await attempt.was_right(database)
        return whole
    raise Invalid.because("That code is wrong, was used before, or is too old.", "wrong_code")


async def _uses(transaction: Transaction, member_id: UUID, cipher: Cipher, code: str) -> bool:
    """Whether it is a code of the app, or a recovery code; it is used up then."""
    if await _is_right(transaction, member_id, cipher, code):
        return True
    return await store.take_recovery_code(transaction, member_id, hashed(code.strip().lower()))


def _holds(known: Factor, now: datetime) -> bool:
    """Whether a factor counts, or was begun a moment ago: who saw its secret knows no factor that is confirmed later."""
    return bool(known.confirmed_at or (known.begun_at and now - known.begun_at <= BEGUN_TTL))


async def _is_right(transaction: Transaction, member_id: UUID, cipher: Cipher, code: str) -> bool:
    known = await store.get(transaction, member_id)
    if known is None or not _holds(known, transaction.clock()):
        return False
    try:
        secret = cipher.decrypt(known.secret)
    except Unreadable:
        detail = "The server has another key than when this factor was set up; ask its operator to remove the factor."
        raise Conflict.because(detail, "unreadable") from None
    step = _step(secret, code.replace(" ", ""), transaction.clock())
    return step is not None and await store.take_step(transaction, member_id, step)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step that the code is of; None for none around now."""
    present = int(now.timestamp()) // STEP
    codes = {step: pyotp.TOTP(secret).at(step * STEP) for step in range(present - DRIFT, present + DRIFT + 1)}
    return next((step for step, right in codes.items() if hmac.compare_digest(right.encode(), code.encode())), None)


def _member(user: CurrentUser) -> UUID:
    assert user.actor.id
    return user.actor.id
