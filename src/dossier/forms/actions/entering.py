"""Coming in to a form: by its link alone, with a code that is sent, or with a password. What is entered counts before it is looked at."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from dossier.forms.actions.notifying import Origin, write_now
from dossier.forms.actions.reaching import write_link
from dossier.forms.model import Form
from dossier.forms.model.access import (
    AN_HOUR,
    CODE_LIVES,
    CODES_OF_ADDRESS,
    CODES_OF_FORM,
    MOST_SESSIONS,
    MOST_WRONG,
    PROVED_SESSION_LIVES,
    SESSION_LIVES,
    TRIES,
    locked,
    new_code,
    sealed,
    written,
    wrong_entry,
)
from dossier.forms.store import access as store
from dossier.forms.store import people
from dossier.foundation.actor import Actor, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Problem
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import Job
from dossier.foundation.services import Services
from dossier.messages.model import Channel

FORGET = Job("forms.forget_entries", cron="41 3 * * *")
"""Lets go of sessions and codes that have ended."""
A_DAY = timedelta(days=1)
MAX_PASSWORD = 200  # characters
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of entering something: the secret of a session, or why there is none."""

    secret: str | None = None
    refusal: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is to be compared: the seal of the code, if one can be entered."""

    code: str | None


def hashed(secret: str) -> bytes:
    """What is kept of a session's secret, which has 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


async def send_code(services: Services, actor: Actor, form: Form, origin: Origin) -> Problem | None:
    """Send a code to whom the form is for; why not. What is answered says nothing of whether it has an address."""
    actor.require("forms.answer")
    return await services.database.write(actor, lambda tx: _send(tx, services, form, origin))


async def _send(transaction: Transaction, services: Services, form: Form, origin: Origin) -> Problem | None:
    await store.lock(transaction, form)
    entry = await store.entry(transaction, form, None, transaction.clock())
    if entry.locked:
        return locked()
    address = (form.user.email if form.access == "email_code" else form.user.phone) or ""
    seals = _seals(services, address)
    await people.lock(transaction, seals[0])  # other forms of the same address, and its personal page, count with it
    if await _too_many(transaction, form, seals):
        return Problem("Too many codes were sent within an hour. Try again later.", "too_many_codes")
    code = new_code()
    seal = services.cipher.seals(sealed(form.id, form.link, code))[0]
    await store.put_code(transaction, form, new_id(), seals[0], seal, transaction.clock() + CODE_LIVES)
    if address:
        channel: Channel = "email" if form.access == "email_code" else "sms"
        await write_now(transaction, form, "otp", channel, origin, code)
    return None


def _seals(services: Services, address: str) -> list[str]:
    return services.cipher.seals(f"form address {address.casefold()}")


async def _too_many(transaction: Transaction, form: Form, seals: list[str]) -> bool:
    of_form, of_address = await store.sent(transaction, form, seals, transaction.clock() - AN_HOUR)
    return of_form >= CODES_OF_FORM or of_address >= CODES_OF_ADDRESS


async def send_link(services: Services, actor: Actor, form: Form, link: str, language: str) -> Problem | None:
    """Send the link to whom the form is for, never to another address; why not."""
    actor.require("forms.answer")
    return await services.database.write(actor, lambda tx: _send_link(tx, services, form, link, language))


async def _send_link(
    transaction: Transaction, services: Services, form: Form, link: str, language: str
) -> Problem | None:
    if not (address := form.user.email or form.user.phone):
        return None
    await store.lock(transaction, form)
    seals = _seals(services, address)
    await people.lock(transaction, seals[0])  # other forms of the same address, and its personal page, count with it
    if await _too_many(transaction, form, seals):
        return Problem("The link was sent to you already. Look at your messages.", "too_many_links")
    await store.put_link(transaction, form, new_id(), seals[0])
    await write_link(transaction, form, address, link, language)
    return None


async def enter(services: Services, actor: Actor, form: Form, typed: str) -> Entered:
    """A session of the form for who typed its code, or its password; it is counted first, and kept as counted whatever comes of it."""
    actor.require("forms.answer")
    counted = await services.database.write(actor, lambda tx: _count(tx, form))
    if isinstance(counted, Problem):
        return Entered(refusal=counted)
    right = await _is_right(services, form, typed, counted.code)
    return await services.database.write(actor, lambda tx: _let_in(tx, form, right=right))


async def _count(transaction: Transaction, form: Form) -> _Counted | Problem:
    if await store.count(transaction, form) > MOST_WRONG:
        return locked()
    return _Counted(None if form.access == "password" else await store.try_code(transaction, form, TRIES))


async def _is_right(services: Services, form: Form, typed: str, code: str | None) -> bool:
    if form.access == "password":
        return await asyncio.to_thread(_verify, form.password_hash, typed)
    seals = services.cipher.seals(sealed(form.id, form.link, written(typed)))
    return any(secrets.compare_digest(each, code or "") for each in seals)


def _verify(hash: str | None, password: str) -> bool:
    try:
        return bool(hash) and _hasher.verify(hash or "", password[:MAX_PASSWORD])
    except VerificationError:
        return False


async def _let_in(transaction: Transaction, form: Form, *, right: bool) -> Entered:
    if not right:
        entry = await store.entry(transaction, form, None, transaction.clock())
        return Entered(refusal=wrong_entry(entry, transaction.clock()))
    await store.was_right(transaction, form)
    await store.spend_codes(transaction, form)
    return Entered(await begin_session(transaction, form))


async def forget_old(services: Services) -> None:
    """Sessions and codes that ended a day ago go."""
    await services.database.write(system(), lambda tx: store.forget_old(tx, tx.clock() - A_DAY))
    await services.database.write(system(), lambda tx: people.forget_old(tx, tx.clock() - A_DAY))


async def begin_session(transaction: Transaction, form: Form, person: bytes | None = None) -> str:
    """The secret of a new session of the form, which goes into the cookie and nowhere else; `person`: the session that it ends with."""
    transaction.actor.require("forms.answer")
    secret = secrets.token_urlsafe(32)
    lives = SESSION_LIVES if form.access == "direct" else PROVED_SESSION_LIVES
    await store.lock(transaction, form)
    await store.make_room(transaction, form, MOST_SESSIONS - 1)
    await store.begin(transaction, form, hashed(secret), transaction.clock() + lives, person)
    return secret
