"""All that is asked of a person, behind one code to their address. What is asked for and entered counts before it is looked at,
and nothing that is answered, nor how long it takes, says whether the address is known: a job looks, and sends.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from dossier import messages, texts, workspaces
from dossier.forms.actions.entering import begin_session
from dossier.forms.actions.opening import network
from dossier.forms.model import Form, person
from dossier.forms.model.access import (
    AN_HOUR,
    CODE_LIVES,
    CODES_OF_ADDRESS,
    PROVED_SESSION_LIVES,
    TRIES,
    new_code,
    written,
)
from dossier.forms.model.person import Gathered, Person, PersonSession, hashed, person_of
from dossier.forms.store import people
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.clock import hour_of
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import NotFound, Problem
from dossier.foundation.identifiers import parse_id
from dossier.foundation.jobs import Job
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.pages.language import language as spoken
from dossier.foundation.services import Services
from dossier.messages.model import NewMessage

SEND = Job("forms.send_personal_code")
"""Sends a code that was asked for, if anything is asked of its address."""


@dataclass(frozen=True, slots=True)
class Let:
    """The secret that a browser is given, or why it gets none, and for how long (seconds)."""

    secret: str = ""
    refusal: Problem | None = None
    wait: int = 0


async def ask_code(services: Services, actor: Actor, somebody: Person, client: str, locale: str) -> Let:
    """Ask for a code; the same is answered, as quickly, whether or not the address is known."""
    actor.require("forms.answer")
    return await services.database.write(actor, lambda tx: _ask(tx, services, somebody, client, locale))


async def _ask(transaction: Transaction, services: Services, somebody: Person, client: str, locale: str) -> Let:
    of_network = services.cipher.seals(f"form network {network(client)}")[0]
    hour = hour_of(transaction.clock())
    asked = await people.count(transaction, somebody.workspace_id, "code", of_network, hour)
    seals = services.cipher.seals(person.seal_of(somebody))
    await people.lock(transaction, seals[0])
    here, in_all = await people.asked(transaction, somebody.workspace_id, seals, transaction.clock() - AN_HOUR)
    if asked > person.OF_NETWORK or here >= person.OF_ADDRESS or in_all >= CODES_OF_ADDRESS:
        return Let(refusal=person.too_many(), wait=int(AN_HOUR.total_seconds()))
    secret = secrets.token_urlsafe(32)
    hash, ends = hashed(secret), transaction.clock() + CODE_LIVES
    sent_to = services.cipher.encrypt(person.address_text(somebody))
    await people.put_code(transaction, somebody, hash, seals[0], sent_to, locale, ends)
    await SEND.defer(transaction, workspace_id=str(somebody.workspace_id), hash=hash.hex())
    return Let(secret)


async def send_code(services: Services, workspace_id: str, hash: str) -> None:
    """Send the code that was asked for, once; to an address of which nothing is asked, nothing."""
    id = UUID(workspace_id)
    await services.database.write(system("form", Scope((id,))), lambda tx: _send(tx, services, id, bytes.fromhex(hash)))


async def _send(transaction: Transaction, services: Services, workspace_id: UUID, hash: bytes) -> None:
    row = await people.lock_code(transaction, workspace_id, hash)
    if row is None or row.code or row.expires_at <= transaction.clock():
        return
    somebody = person_of(workspace_id, services.cipher.decrypt(row.sent_to))
    asking = await gathered(transaction, somebody, transaction.clock())
    if not asking or await messages.bounced_before(transaction, workspace_id, somebody.channel, [somebody.address]):
        return
    code = new_code()
    seal = services.cipher.seals(person.sealed_code(workspace_id, hash, code))[0]
    await people.set_code(transaction, workspace_id, hash, seal)
    await messages.put(transaction, await _message(transaction, services, somebody, asking, row.locale, code))


async def _message(
    transaction: Transaction, services: Services, somebody: Person, asking: list[Gathered], locale: str, code: str
) -> NewMessage:
    mailing = await workspaces.mailing(transaction, somebody.workspace_id)
    reader = spoken(locale if locale in MORE_LANGUAGES else "en")
    values = person.values_of(mailing.name, code)
    contacts = tuple({each.form.contact_id for each in asking if each.form.contact_id})
    if somebody.channel == "sms":
        line = texts.parse(reader.gettext(person.SMS), names=None).render(values)
        return NewMessage(
            somebody.workspace_id, "sms", (somebody.address,), line.text.strip(), contacts=contacts, conceals=code
        )
    subject, body = (texts.parse(reader.gettext(each), names=None) for each in (person.SUBJECT, person.BODY))
    brand = workspaces.brand(mailing, reader.code, services.address)
    mail = await texts.compose_aside(subject, body, values, reader.code, brand)
    return NewMessage(
        workspace_id=somebody.workspace_id,
        channel="email",
        to=(somebody.address,),
        text=mail.text,
        subject=mail.subject,
        html=mail.html,
        from_name=mailing.name,
        contacts=contacts,
        conceals=code,
    )


async def enter(services: Services, actor: Actor, workspace_id: UUID, hash: bytes, typed: str, client: str) -> Let:
    """A session for who typed the code that their browser asked for; it is counted first, and stays counted."""
    actor.require("forms.answer")
    tried = await services.database.write(actor, lambda tx: _try(tx, services, workspace_id, hash, client))
    if isinstance(tried, Let):
        return tried
    seals = services.cipher.seals(person.sealed_code(workspace_id, hash, written(typed)))
    if not any(secrets.compare_digest(each, tried.code) for each in seals):
        return Let(refusal=Problem("That is not right. Look again, and type it once more.", "wrong_code"))
    return await services.database.write(actor, lambda tx: _let_in(tx, workspace_id, hash, tried))


async def _try(
    transaction: Transaction, services: Services, workspace_id: UUID, hash: bytes, client: str
) -> people.KeptCode | Let:
    of_network = services.cipher.seals(f"form network {network(client)}")[0]
    hour = hour_of(transaction.clock())
    if await people.count(transaction, workspace_id, "entry", of_network, hour) > person.ENTRIES_OF_NETWORK:
        return Let(refusal=person.tried_too_often(), wait=int(AN_HOUR.total_seconds()))
    row = await people.try_code(transaction, workspace_id, hash, TRIES)
    if row is None:
        return Let(refusal=Problem("This code does not hold any more. Have a new one sent.", "code_spent"))
    if await people.count(transaction, workspace_id, "wrong", row.address, _day(transaction)) > person.WRONG_OF_ADDRESS:
        return Let(refusal=person.tried_too_often(), wait=int(person.A_DAY.total_seconds()))
    return row


def _day(transaction: Transaction) -> datetime:
    return datetime.combine(transaction.clock(), time(), UTC)


async def _let_in(transaction: Transaction, workspace_id: UUID, hash: bytes, row: people.KeptCode) -> Let:
    secret = secrets.token_urlsafe(32)
    await people.count(transaction, workspace_id, "wrong", row.address, _day(transaction), -1)
    await people.end(transaction, workspace_id, hash)
    ends = transaction.clock() + PROVED_SESSION_LIVES
    await people.begin(transaction, workspace_id, hashed(secret), row.sent_to, ends)
    return Let(secret)


async def gathered(session: ReadSession, somebody: Person, now: datetime) -> list[Gathered]:
    """What is asked of the person, what ends first at the top, and what they have answered lately."""
    return await people.forms_of(session, somebody, now, now - person.ANSWERED_SHOWN)


async def open_form(services: Services, actor: Actor, inside: PersonSession, id: str) -> tuple[Form, str]:
    """A form of the person, and the secret of a session of it where their address is proof enough, else ""; 404."""
    actor.require("forms.answer")
    return await services.database.write(actor, lambda tx: _open(tx, inside, id))


async def _open(transaction: Transaction, inside: PersonSession, id: str) -> tuple[Form, str]:
    form_id = parse_id(id)
    asked = await gathered(transaction, inside.person, transaction.clock())
    found = next((each.form for each in asked if each.form.id == form_id), None)
    if found is None:
        raise NotFound.because("This link does not lead anywhere.")
    if found.access == "direct" or not inside.person.opens(found):
        return found, ""
    return found, await begin_session(transaction, found, inside.hash)


async def leave(services: Services, actor: Actor, workspace_id: UUID, hash: bytes) -> None:
    """Sign out: what the browser holds, and what it opened, holds no more."""
    actor.require("forms.answer")
    await services.database.write(actor, lambda tx: people.end(tx, workspace_id, hash))
