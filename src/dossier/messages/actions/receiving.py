"""What follows of a mail that came in: a message came back, or somebody answered about a case. The same mail once more changes nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from dossier import files, workspaces
from dossier.files.model import File, NamedFile
from dossier.foundation import events
from dossier.foundation.actor import SERVER, Actor, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Conflict
from dossier.foundation.jobs import MAIL, Job
from dossier.foundation.mail_door import MailDoor
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.pages.language import LANGUAGES, Language, language
from dossier.foundation.services import Services
from dossier.foundation.text import email_identity, gettext_noop
from dossier.messages.actions.changing import bounce
from dossier.messages.actions.putting import KIND, announce
from dossier.messages.events import MessageReceived
from dossier.messages.model import Message
from dossier.messages.model.bounces import Bounce
from dossier.messages.model.incoming import MAX_MAIL, Incoming, IncomingFile, Unreadable, read
from dossier.messages.store import incoming, rows

log = structlog.get_logger()

Outcome = Literal["bounced", "received", "repeated", "ignored", "lost"]
"""`lost`: an answer about a case that is not there any more; who wrote it is told, by whoever handed it over."""

_CAME_BACK = gettext_noop("It came back ({status}): {why}")
_LEFT_OUT = "\n\n[{name}: {why}]"


async def takes(services: Services, address: str) -> bool:
    """Whether mail for that address is ours: of a case, or answers to whom we, or a workspace, write as."""
    local, _, domain = email_identity(address).rpartition("@")
    if local.startswith("case+") and domain and domain == services.outgoing.domain.lower():
        return True
    return bool(domain) and await _is_sender(services, address)


async def _is_sender(services: Services, address: str) -> bool:
    """Whether something is sent from that address here."""
    if email_identity(address) in services.outgoing.own:
        return True
    if address.rpartition("@")[2].lower() not in services.outgoing.sendable:
        return False
    async with services.database.reading(SERVER) as reading:
        return await workspaces.is_mail_from(reading, address)


async def handle(services: Services, content: bytes, to: Sequence[str]) -> bool:
    """Do what follows of a mail as it came; False where it cannot be read, or belongs to nothing that is here."""
    try:
        mail = await asyncio.to_thread(read, content, to)
    except Unreadable:
        log.info("mail cannot be read", bytes=len(content))
        return False
    return await take_in(services, mail) != "lost"


async def listen(services: Services, door: MailDoor) -> None:
    """Take what the mail server beside us hands over, until it is cancelled."""
    await door.listen(partial(takes, services), partial(handle, services), MAX_MAIL)


async def fetch(services: Services) -> None:
    """Take what is unread in the operator's mailbox, if there is one; each is marked once all that follows is kept."""
    mailbox = services.outgoing.mailbox
    if mailbox is None:
        return
    async with mailbox.looked_into(MAX_MAIL) as unread:
        for number in await unread.numbers():
            content = await unread.content(number)
            try:
                if content is None or not await handle(services, content, ()):
                    log.info("mail left out", bytes=len(content or b""))
            except AppError:  # it stays unread, and comes again
                log.warning("mail not taken in")
                continue
            await unread.done(number)


FETCH = Job("messages.fetch", MAIL, cron="* * * * *")
"""Takes in what came to the operator's mailbox."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer belongs, the id that it has there, and who keeps it."""

    workspace_id: UUID
    case_id: UUID
    id: UUID
    actor: Actor


async def take_in(services: Services, mail: Incoming) -> Outcome:
    """Do what follows of it, once. What is of a mail server and no failure, our own, or for nobody, is ignored."""
    outcome = await _came_back(services, mail.bounce) if mail.bounce else await _answered(services, mail)
    log.info("mail came in", kind=mail.kind, outcome=outcome, files=len(mail.files))
    return outcome


async def _came_back(services: Services, said: Bounce) -> Outcome:
    async with services.database.reading(SERVER) as reading:
        ours = await incoming.messages_of(reading, [UUID(each) for each in said.original])
    if not (said.failed and ours):
        return "ignored"
    why = Sentence(_CAME_BACK, {"status": said.status or "–", "why": said.says or "–"})
    changed = False
    for each in ours:
        actor = system("automation", Scope((each.workspace_id,)))
        work = partial(bounce, message_id=each.id, addresses=said.failed, why=why, gone=said.gone)
        changed = bool(await services.database.write(actor, work)) or changed
    return "bounced" if changed else "repeated"


async def _answered(services: Services, mail: Incoming) -> Outcome:
    if await _is_ours(services, mail):
        return "ignored"
    place = await _place(services, mail)
    if place is None:
        return "lost" if mail.keys and mail.kind == "person" else "ignored"
    async with services.database.reading(place.actor.scope) as reading:
        if await incoming.is_there(reading, place.workspace_id, place.id):
            return "repeated"
    kept, left_out = await _kept_files(services, place, mail.files)
    work = partial(_receive, services=services, place=place, mail=mail, left_out=left_out)
    try:
        return await services.database.write(place.actor, partial(work, kept=kept))
    except Conflict:  # the case is archived: its files stay with the message
        beside = [replace(each, told=replace(each.told, case=None)) for each in kept]
        return await services.database.write(place.actor, partial(work, kept=beside))


async def _is_ours(services: Services, mail: Incoming) -> bool:
    """Whether it is from an address of ours, so that a mail that comes round ends here."""
    return not mail.sender or email_identity(mail.sender).startswith("case+") or await _is_sender(services, mail.sender)


async def _place(services: Services, mail: Incoming) -> _Place | None:
    """By the address that it is for; a person's answer that went elsewhere by the message that it answers."""
    async with services.database.reading(SERVER) as reading:
        found = await incoming.case_of_key(reading, mail.keys) if mail.keys else None
        if found is None and mail.about:
            ours = await incoming.messages_of(reading, mail.about)
            found = next(((each.workspace_id, each.case_id) for each in ours if each.case_id), None)
    if found is None:
        return None
    workspace_id, case_id = found
    id = uuid5(NAMESPACE_URL, f"mail:{workspace_id}:{case_id}:{mail.mark}")
    return _Place(workspace_id, case_id, id, system("automation", Scope((workspace_id,))))


async def _kept_files(
    services: Services, place: _Place, sent: Sequence[IncomingFile]
) -> tuple[list[files.Received], list[str]]:
    """Their contents, and a line for each that is not taken: a virus, no room."""
    kept, left_out = list[files.Received](), list[str]()
    for each in sent:
        told = each.name, each.type
        try:
            kept.append(
                await files.arrived(services, place.actor, place.workspace_id, told, each.content, place.case_id)
            )
        except AppError as refusal:
            left_out.append(_LEFT_OUT.format(name=each.name, why=refusal.message.said(await _reader(services, place))))
    return kept, left_out


async def _reader(services: Services, place: _Place) -> Language:
    """In which language the workspace is told what stands with a message."""
    async with services.database.reading(place.actor.scope) as reading:
        mailing = await workspaces.mailing(reading, place.workspace_id)
    return language(mailing.language if mailing.language in LANGUAGES else "en")


async def _receive(
    transaction: Transaction,
    services: Services,
    place: _Place,
    mail: Incoming,
    kept: Sequence[files.Received],
    left_out: Sequence[str],
) -> Outcome:
    attached = [await files.keep_arrived(transaction, each, services.file_limits) for each in kept]
    message = _message(transaction, place, mail, attached, "".join(left_out))
    await rows.insert(transaction, message)
    if attached:
        holds = [files.Hold(place.workspace_id, message.id, str(each.id), put=False, fields=()) for each in attached]
        await files.keep(transaction, KIND, holds)
    announce(transaction, message)
    if mail.kind == "person":  # what a machine answers is kept, and nothing follows from it
        await events.publish(transaction, MessageReceived(message))
    return "received"


def _message(transaction: Transaction, place: _Place, mail: Incoming, attached: Sequence[File], more: str) -> Message:
    now, actor = transaction.clock(), transaction.actor
    return Message(
        workspace_id=place.workspace_id,
        id=place.id,
        version=1,
        created_at=now,
        updated_at=now,
        case_id=place.case_id,
        step=None,
        channel="email",
        direction="in",
        transport="intake",
        status="received",
        sender=mail.sender,
        reply_to=None,
        to=mail.to,
        cc=(),
        bcc=(),
        contacts=(),
        subject=mail.subject,
        text=mail.text + more,
        html=None,
        attachments=tuple(NamedFile(str(each.id), each.name, each.type, each.size) for each in attached),
        at=now,
        due_at=now,
        tries=0,
        sent_at=None,
        message_id=mail.mark,
        error=None,
        attempts=(),
        created_by={"type": actor.type, "id": actor.id, "name": actor.name},
        erased_at=None,
    )
