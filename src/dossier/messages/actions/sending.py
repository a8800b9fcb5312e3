"""Sending what waits: at least once, each attempt kept, the same identifier each time so that a repeat is harmless.

A message is taken for a while (`Outgoing.lease`); who was killed in the middle has not said what came of it, and it is sent
again after that. Nothing is sent inside a transaction.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from enum import Enum
from functools import partial
from uuid import UUID

import structlog
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from dossier import files, workspaces
from dossier.files.actions import pieces
from dossier.files.model import NamedFile
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Conflict, Gone
from dossier.foundation.jobs import MAIL, Job
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.messages import Value
from dossier.foundation.outgoing import Mail, MailLine, NotTaken
from dossier.foundation.services import Services
from dossier.foundation.text import gettext_noop
from dossier.messages.actions.changing import keep
from dossier.messages.actions.putting import KIND
from dossier.messages.model import CHANNELS, Attempt, Channel, Message, Transport, as_mail, domain_of
from dossier.messages.store import incoming, rows, sending

log = structlog.get_logger()

SEND = Job("messages.send", MAIL, follows=KIND)
"""Sends what waits in a workspace, soon after it was put."""
SEND_DUE = Job("messages.send_due", MAIL, cron="* * * * *")
"""Sends whatever is due anywhere: what is to be sent later, and what was refused for now."""

ON_A_LINE = 100  # messages of a connection: servers cut longer ones
_KEPT = Sentence(gettext_noop("It was kept in the outbox; nothing left the house."))
_UNREADABLE = Sentence(gettext_noop("It cannot be made into an e-mail."))
_OUR_FAULT = Sentence(gettext_noop("It could not be handed over, by a fault of this server; its log says which."))
_NO_FILE = gettext_noop("The file “{file}” is not there any more.")
_WITHHELD = gettext_noop("The file “{file}” cannot be sent: {why}")


class Became(Enum):
    """What became of sending in a workspace: nothing is due any more, there is more, or what carries it is away."""

    DONE = "done"
    MORE = "more"
    AWAY = "away"


Carry = Callable[[Message], Awaitable[tuple[Sentence, Sentence | None]]]
"""Hands a message over: what came of it, and which addresses were not taken; NotTaken."""


async def send_due(services: Services) -> None:
    """Send whatever is due, in any workspace: of each channel until what carries it is away."""
    for channel in CHANNELS:
        became, looked_at = Became.MORE, set[UUID]()
        while became is not Became.AWAY and (found := await _due(services, channel)) and found not in looked_at:
            became = await send_channel(services, found, channel)
            looked_at |= {found} if became is Became.DONE else set()


async def _due(services: Services, channel: Channel) -> UUID | None:
    return await services.database.write(system(), partial(sending.due, channel=channel))


async def send_waiting(services: Services, workspace_id: UUID) -> None:
    """Send what is due in a workspace."""
    for channel in CHANNELS:
        while await send_channel(services, workspace_id, channel) is Became.MORE:
            continue


async def send_channel(services: Services, workspace_id: UUID, channel: Channel) -> Became:
    """Send some of what is due there, by one connection."""
    actor = system("automation", Scope((workspace_id,)))
    async with services.database.reading(actor.scope) as reading:
        sender = await workspaces.mail_from(reading, workspace_id)
    async with _carrier(services, channel, sender) as (transport, carry):
        for _ in range(ON_A_LINE):
            message = await services.database.write(
                actor, partial(_take, services=services, of=(workspace_id, channel))
            )
            if message is None:
                return Became.DONE
            if not await _send(services, actor, message, transport, carry):
                return Became.AWAY
    return Became.MORE


async def _take(transaction: Transaction, services: Services, of: tuple[UUID, Channel]) -> Message | None:
    mail = services.outgoing.mail
    domain = domain_of(mail.sender if mail else "")
    taken = await sending.take(transaction, *of, services.outgoing.lease, domain)
    message = await rows.get(transaction, taken) if taken else None
    if message and mail and services.outgoing.domain and message.case_id and not message.reply_to and of[1] == "email":
        return await _answered_to_its_case(transaction, message, services.outgoing.domain)
    return message


async def _answered_to_its_case(transaction: Transaction, message: Message, domain: str) -> Message:
    """The message, whose answers come to the case's own address."""
    assert message.case_id
    key = await incoming.address_key(transaction, message.workspace_id, message.case_id)
    if key is None:
        return message
    address = f"case+{key}@{domain}"
    await incoming.set_reply_to(transaction, message.workspace_id, message.id, address)
    return replace(message, reply_to=address)


async def _send(services: Services, actor: Actor, message: Message, transport: Transport, carry: Carry) -> bool:
    """Whether the next one may be tried at once."""
    try:
        said, some = await _carried(message, carry)
    except NotTaken as refusal:
        log.info("message not taken", id=str(message.id), transport=transport, for_good=refusal.for_good)
        await _noted(services, actor, partial(_refused, id=message.id, transport=transport, refusal=refusal))
        return refusal.alone
    await _noted(services, actor, partial(_sent, id=message.id, transport=transport, said=said, some=some))
    return True


async def _noted(services: Services, actor: Actor, work: Callable[..., Awaitable[None]]) -> None:
    """Keep what came of a message; alone, where what follows of it fails by a fault of ours: else it were sent again and again."""
    try:
        await services.database.write(actor, work)
    except (
        OperationalError,
        InterfaceError,
        PoolTimeout,
    ):  # the database is away: it is sent again, under the same identifier
        raise
    except Exception:
        log.exception("what follows of a message")
        await services.database.write(actor, partial(work, alone=True))


async def _carried(message: Message, carry: Carry) -> tuple[Sentence, Sentence | None]:
    """What came of it; NotTaken, also where we are to blame: else the message would be tried for ever, and nobody told."""
    try:
        return await carry(message)
    except NotTaken:
        raise
    except Exception as error:
        log.exception("message", id=str(message.id))
        raise NotTaken(_OUR_FAULT) from error


async def _sent(
    transaction: Transaction,
    id: UUID,
    transport: Transport,
    said: Sentence,
    some: Sentence | None,
    *,
    alone: bool = False,
) -> None:
    now, message = transaction.clock(), await rows.lock(transaction, id)
    if (
        message and not message.erased_at and message.status in ("pending", "skipped")
    ):  # cancelled meanwhile: it is out all the same
        await keep(transaction, message.by(transport).sent(now, Attempt(now, said), some), alone=alone)


async def _refused(
    transaction: Transaction, id: UUID, transport: Transport, refusal: NotTaken, *, alone: bool = False
) -> None:
    now, message = transaction.clock(), await rows.lock(transaction, id)
    if message and message.status == "pending":
        refused = message.by(transport).refused(now, Attempt(now, refusal.says), for_good=refusal.for_good)
        await keep(transaction, refused, alone=alone)


# ---- by what it is carried ----


@asynccontextmanager
async def _carrier(services: Services, channel: Channel, sender: str) -> AsyncIterator[tuple[Transport, Carry]]:
    """What carries messages of a channel; a connection is made when the first one is to be carried. `sender`: the workspace's own."""
    mail, sms = services.outgoing.mail, services.outgoing.sms
    async with AsyncExitStack() as stack:
        if channel == "email" and mail:
            yield "smtp", _ByMail(services, stack, sender)
        elif channel == "sms" and sms:
            yield sms.kind, partial(_by_sms, services)
        else:
            yield "outbox", _into_outbox


async def _into_outbox(_message: Message) -> tuple[Sentence, None]:
    return _KEPT, None


async def _by_sms(services: Services, message: Message) -> tuple[Sentence, None]:
    assert services.outgoing.sms
    return await services.outgoing.sms.send(message.to[0], message.text, str(message.id)), None


class _ByMail:
    """By one connection for as long as it holds."""

    def __init__(self, services: Services, stack: AsyncExitStack, sender: str) -> None:
        self._services, self._stack, self._sender = services, stack, sender
        self._line: MailLine | None = None

    async def __call__(self, message: Message) -> tuple[Sentence, Sentence | None]:
        mail = self._services.outgoing.mail
        assert mail
        attached = [(file, await _content(self._services, message, file)) for file in message.attachments]
        try:
            built = as_mail(message, self._from(mail), attached)
        except ValueError:
            raise NotTaken(_UNREADABLE, for_good=True) from None
        if self._line is None:
            self._line = await self._stack.enter_async_context(mail.line())
        return await self._line.send(built, message.recipients)

    def _from(self, mail: Mail) -> str:
        """The workspace's own address, as long as its domain may be sent from; else the server's."""
        allowed = self._sender.rpartition("@")[2].lower() in self._services.outgoing.sendable
        return self._sender if allowed else mail.sender


async def _content(services: Services, message: Message, named: NamedFile) -> bytes:
    """A file that goes with a message; what is withheld never does."""
    async with services.database.reading(Scope((message.workspace_id,))) as reading:
        file = await files.get(reading, UUID(named.id))
    if file is None:
        raise NotTaken(Sentence(_NO_FILE, {"file": named.name}), for_good=True)
    try:
        return b"".join([piece async for piece in await pieces(services, file)])
    except AppError as refusal:
        values: dict[str, Value] = {"file": named.name, "why": refusal.problems[0].message}
        gone = isinstance(refusal, Conflict | Gone) and refusal.problems[0].code != "being_checked"
        raise NotTaken(Sentence(_WITHHELD, values), for_good=gone) from None
