"""Having a message sent: kept in the caller's transaction, sent by a job once that is kept; and whom nobody writes to any more."""

from collections.abc import Sequence
from uuid import UUID

from dossier import files
from dossier.files.model import NamedFile, was_erased
from dossier.foundation.database import ReadSession, Topic, Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.identifiers import new_id
from dossier.messages.model import MAX_ATTACHED, Channel, Message, NewMessage, identity
from dossier.messages.store import rows, sending

KIND = "message"
"""The kind of topic under which messages are announced, and of what holds files."""


async def put(transaction: Transaction, new: NewMessage) -> Message:
    """A message that waits to be sent; 400 for what cannot be sent, 409 `no_recipient`. Whether somebody may is the caller's to ask."""
    new = new.checked()
    attached = await _attached(transaction, new)
    message = _waiting(transaction, new, attached)
    await rows.insert(transaction, message)
    if attached:
        holds = [files.Hold(new.workspace_id, message.id, each.id, put=False, fields=()) for each in attached]
        await files.keep(transaction, KIND, holds)
    announce(transaction, message)
    return message


def announce(transaction: Transaction, message: Message) -> None:
    """Let who sends, and who looks at messages, know that there is something new, once this is kept."""
    transaction.announce(Topic(KIND, message.workspace_id, message.id))


async def _attached(transaction: Transaction, new: NewMessage) -> tuple[NamedFile, ...]:
    if not new.attachments:
        return ()
    found = await files.take(transaction, [str(each) for each in new.attachments])
    attached = tuple(found.get((new.workspace_id, str(each))) for each in new.attachments)
    for place, (file, id) in enumerate(zip(attached, new.attachments, strict=True)):
        if file is None:
            raise Invalid.because("There is no attachment {id}.", "not_found", pointer=f"/attachments/{place}", id=id)
        if file.erased:
            raise Conflict((was_erased(file.name),))
    if sum(each.size for each in attached if each) > MAX_ATTACHED:
        sentence = "The files of a message have {count} MB at most together."
        raise Invalid.because(sentence, "too_large", pointer="/attachments", count=MAX_ATTACHED // 10**6)
    return tuple(filter(None, attached))


def _waiting(transaction: Transaction, new: NewMessage, attached: tuple[NamedFile, ...]) -> Message:
    now, actor = transaction.clock(), transaction.actor
    at = max(now, new.at or now)
    return Message(
        workspace_id=new.workspace_id,
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        case_id=new.case_id,
        step=new.step,
        channel=new.channel,
        direction="out",
        transport=None,
        status="pending",
        sender=new.from_name,
        reply_to=new.reply_to,
        to=new.to,
        cc=new.cc,
        bcc=new.bcc,
        contacts=new.contacts,
        subject=new.subject,
        text=new.text,
        html=new.html,
        attachments=attached,
        at=at,
        due_at=at,
        tries=0,
        sent_at=None,
        message_id=None,
        error=None,
        attempts=(),
        member_id=new.member_id,
        created_by={"type": actor.type, "id": actor.id, "name": actor.name},
        erased_at=None,
        conceals=new.conceals,
    )


# ---- who may be written to ----


async def bounced_before(
    reading: ReadSession, workspace_id: UUID, channel: Channel, addresses: Sequence[str]
) -> list[str]:
    """Those of the addresses from which a message came back: nobody is written to there."""
    known = {each: identity(channel, each) for each in addresses}
    blocked = await sending.blocked(reading, workspace_id, known.values()) if known else set()
    return [each for each in addresses if known[each] in blocked]


async def may_write_to(reading: ReadSession, workspace_id: UUID, address: str, channel: Channel = "email") -> bool:
    """Whether no message came back from that address."""
    return not await bounced_before(reading, workspace_id, channel, [address])
