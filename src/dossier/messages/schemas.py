"""Messages as programs see them."""

from typing import Any, Literal

from pydantic import BaseModel

from dossier.foundation.clock import wire_time
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.messages.model import Channel, Message, Status, Transport


class AttachedFile(BaseModel):
    """A file that goes with a message."""

    id: Uuid
    name: str
    type: str


class MessageAttempt(BaseModel):
    """When it was tried to send it, and what came of it."""

    at: Timestamp
    result: str


class MessageActor(BaseModel):
    """Who had it sent."""

    type: Literal["token", "member", "contact", "system"]
    id: Uuid | None
    name: str


class MessageRow(BaseModel):
    """A message as lists have it. `from_name`: who people see it is from; `case`: what it is about; `erased_at`: since when only that it was there is left."""

    id: Uuid
    case: Uuid | None
    step: str | None
    channel: Channel
    direction: Literal["out", "in"]
    transport: Transport | None
    status: Status
    from_name: str | None
    reply_to: str | None
    to: list[str]
    cc: list[str]
    bcc: list[str]
    subject: str
    at: Timestamp
    sent_at: Timestamp | None
    message_id: str | None
    error: str | None
    created_at: Timestamp
    updated_at: Timestamp
    created_by: MessageActor
    erased_at: Timestamp | None


class SentMessage(MessageRow):
    """A message in full."""

    text: str
    html: str | None
    attachments: list[AttachedFile]
    attempts: list[MessageAttempt]


class MessagePage(BaseModel):
    """A page of messages."""

    meta: PageMeta
    data: list[MessageRow]


def row(message: Message) -> dict[str, Any]:
    """A message as lists have it."""
    message = message.shown
    same = ("id", "step", "channel", "direction", "transport", "status", "reply_to", "to", "cc", "bcc", "subject")
    shown = {name: getattr(message, name) for name in (*same, "message_id", "created_by")}
    times = {name: getattr(message, name) for name in ("at", "sent_at", "created_at", "updated_at", "erased_at")}
    return {
        **shown,
        **{name: wire_time(time) if time else None for name, time in times.items()},
        "case": message.case_id,
        "from_name": message.sender,
        "error": str(message.error) if message.error else None,
    }


def whole(message: Message) -> dict[str, Any]:
    """A message in full."""
    message = message.shown
    return row(message) | {
        "text": message.text,
        "html": message.html,
        "attachments": [each.document() for each in message.attachments],
        "attempts": [{"at": wire_time(each.at), "result": str(each.result)} for each in message.attempts],
    }
