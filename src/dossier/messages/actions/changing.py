"""What becomes of a message by hand, or because it came back, or because whom it is about is erased."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from dossier import files
from dossier.foundation import events, stored_answers
from dossier.foundation.database import Transaction
from dossier.foundation.errors import PreconditionFailed
from dossier.foundation.messages import Message as Sentence
from dossier.messages.actions.putting import KIND, announce
from dossier.messages.events import MessageBounced, MessageFailed, MessageSent
from dossier.messages.model import Message, compared, identity, no_such
from dossier.messages.store import rows, sending

Seen = frozenset[int] | str | None
"""The versions of which the message must be at one; `*`: any."""


async def cancel(transaction: Transaction, message_id: UUID, seen: Seen = None) -> Message:
    """A message that waits is not sent; 404, 409, 412."""
    return await _by_hand(transaction, message_id, seen, Message.cancelled)


async def retry(transaction: Transaction, message_id: UUID, seen: Seen = None) -> Message:
    """A message that failed, came back or was cancelled is sent again; 404, 409, 410, 412. Where it came back from may be written to again."""
    message = await _by_hand(transaction, message_id, seen, Message.again)
    await sending.unblock(transaction, message, [identity(message.channel, each) for each in message.recipients])
    return message


async def _by_hand(
    transaction: Transaction, message_id: UUID, seen: Seen, change: Callable[[Message, datetime], Message]
) -> Message:
    transaction.actor.require("messages.send")
    message = await rows.lock(transaction, message_id)
    if message is None:
        raise no_such(message_id)
    message.raise_if_personal(transaction.actor)
    if isinstance(seen, frozenset) and message.version not in seen:
        raise PreconditionFailed.because("The version is {version} now.", "changed_since", version=message.version)
    return await keep(transaction, change(message, transaction.clock()))


async def call_off(transaction: Transaction, message_id: UUID, why: Sentence) -> Message | None:
    """The same by what the message is for, whoever asks; None where it does not wait any more."""
    message = await rows.lock(transaction, message_id)
    if message is None or message.status != "pending":
        return None
    return await keep(transaction, message.cancelled(transaction.clock(), why))


async def keep(transaction: Transaction, message: Message, *, alone: bool = False) -> Message:
    """Keep what became of a locked one, and say it; `alone`: to nobody."""
    await rows.change(transaction, message)
    announce(transaction, message)
    if alone:
        return message
    match message.status:
        case "sent":
            await events.publish(transaction, MessageSent(message))
        case "failed":
            await events.publish(transaction, MessageFailed(message))
        case "bounced":
            await events.publish(transaction, MessageBounced(message))
    return message


async def bounce(
    transaction: Transaction,
    message_id: UUID,
    addresses: Sequence[str],
    why: Sentence,
    gone: Sequence[str] | None = None,
) -> Message | None:
    """A message came back from these addresses, to which (or, if given, to those that are `gone`) nobody writes any more.

    None for one that is not known, or came back before. What came back from where it was passed on to is of its only recipient.
    """
    message = await rows.lock(transaction, message_id)
    if message is None or message.status not in ("sent", "pending", "bounced"):
        return None
    ours = {identity(message.channel, each) for each in message.recipients}
    back = _of_ours(message, addresses, ours)
    await sending.block(transaction, message, back if gone is None else _of_ours(message, gone, ours))
    if message.status == "bounced" or not back:
        return None
    return await keep(transaction, message.bounced(transaction.clock(), why))


def _of_ours(message: Message, addresses: Sequence[str], ours: set[str]) -> list[str]:
    known = [each for each in (identity(message.channel, each) for each in addresses) if each in ours]
    return known or (list(ours) if addresses and len(ours) == 1 else [])


# ---- erasing ----


async def forget_case(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> None:
    """A case is erased: of its messages only is left that they were."""
    await _forget(transaction, workspace_id, await rows.empty_of_case(transaction, workspace_id, case_id))


async def forget(transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """What these messages told of is erased: of them only is left that they were."""
    await _forget(transaction, workspace_id, await rows.empty(transaction, workspace_id, ids))


async def forget_person(
    transaction: Transaction, workspace_id: UUID, contact_id: UUID, email: str | None, phone: str | None
) -> None:
    """Somebody is erased: of messages to them only is left that they were."""
    known = (compared("email", email) if email else "", compared("sms", phone) if phone else "")
    found = await rows.empty_of_person(transaction, workspace_id, contact_id, list(filter(None, known)))
    await _forget(transaction, workspace_id, found)
    if email:
        await sending.forget(transaction, workspace_id, identity("email", email))


async def _forget(transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    for id in ids:
        await files.let_go(transaction, KIND, workspace_id, id)
    if ids:
        await stored_answers.forget_about(transaction, ids)
