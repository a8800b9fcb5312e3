"""A message as its workspace keeps it: its states, which lead where, and how it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.conditions import Vocabulary, attributes
from dossier.files.model import NamedFile
from dossier.foundation.actor import Actor
from dossier.foundation.errors import AppError, Conflict, Gone, NotFound
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.text import email_identity, fold, gettext_noop
from dossier.records.model import next_moment
from dossier.workspaces.model import WORKSPACE

Channel = Literal["email", "sms"]
Direction = Literal["out", "in"]
Status = Literal["pending", "sent", "failed", "skipped", "bounced", "received"]
Transport = Literal["outbox", "smtp", "sms", "console", "intake"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
STATUSES: tuple[Status, ...] = get_args(Status)
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)

VOCABULARY = Vocabulary(
    attributes=attributes(
        id="uuid",
        channel="text",
        direction="text",
        status="text",
        transport="text",
        step="text",
        subject="text",
        to="folded",
        at="time",
        sent_at="time",
        created_at="time",
        updated_at="time",
    ),
    relationships={"workspace": attributes("workspace", **WORKSPACE), "case": attributes("case", id="uuid")},
)
"""What a condition can ask of a message; `to`: whom it is to, copies included."""

_WAITS = (60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Seconds after each attempt that was refused for now: given up after about two days, as mail servers do (RFC 5321 section 4.5.4.1)."""
CONCEALED = "••••••"
CANCELLED = gettext_noop("It was cancelled.")


def sees_personal(actor: Actor) -> bool:
    """Whether they see also what is to other members personally: who keeps the workspace, and programs."""
    return actor.type != "member" or actor.may("workspace.change")


@dataclass(frozen=True, slots=True)
class Attempt:
    """When it was tried to send it, and what came of it."""

    at: datetime
    result: Sentence


@dataclass(frozen=True, slots=True)
class Message:
    """An e-mail or a text, to somebody or from somebody.

    `at`: not sent before; `due_at`: when the next attempt is to be made; `message_id`: of the e-mail, the same at each
    attempt; `sender`: the name that people see it is from, of what came in the address. What lists show has no `text`,
    `html`, `attachments` and `attempts`. `member_id`: the member to whom alone it is, as what they are told. `conceals`:
    what in it only they may read to whom it is, such as a code; "" once it was handed over, and is not there any more.
    """

    workspace_id: UUID
    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    case_id: UUID | None
    step: str | None
    channel: Channel
    direction: Direction
    transport: Transport | None
    status: Status
    sender: str | None
    reply_to: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    contacts: tuple[UUID, ...]
    subject: str
    text: str
    html: str | None
    attachments: tuple[NamedFile, ...]
    at: datetime
    due_at: datetime
    tries: int
    sent_at: datetime | None
    message_id: str | None
    error: Sentence | None
    attempts: tuple[Attempt, ...]
    created_by: Mapping[str, Any]
    erased_at: datetime | None
    member_id: UUID | None = None
    conceals: str | None = None

    @property
    def shown(self) -> "Message":
        """The message as others than whom it is to read it; in the outbox, which nothing leaves, it is what they would get."""
        if not self.conceals or self.transport == "outbox":
            return self
        said = {name: text.replace(self.conceals, CONCEALED) for name, text in self._texts().items() if text}
        return replace(self, **said)  # type: ignore[arg-type]

    def _texts(self) -> Mapping[str, str | None]:
        return {"subject": self.subject, "text": self.text, "html": self.html}

    def raise_if_personal(self, actor: Actor) -> None:
        """404 for a member to whom it is not, where it is to another one alone; who keeps the workspace sees those too."""
        if self.member_id not in (None, actor.id) and not sees_personal(actor):
            raise no_such(self.id)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody whom it is sent to, each once."""
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.bcc)))

    # ---- what becomes of it ----

    def by(self, transport: Transport) -> "Message":
        """The same, carried by what it is tried with."""
        return replace(self, transport=transport)

    def sent(self, now: datetime, attempt: Attempt, refused: Sentence | None = None) -> "Message":
        """A transport took it; `refused`: which of the addresses it did not."""
        return replace(self._tried(now, attempt), status="sent", sent_at=now, error=refused)

    def refused(self, now: datetime, attempt: Attempt, *, for_good: bool) -> "Message":
        """No transport took it: tried again later, or failed."""
        tried = self._tried(now, attempt)
        if for_good or self.tries > len(_WAITS):
            return replace(tried, status="failed", error=attempt.result)
        wait = timedelta(seconds=_WAITS[max(self.tries, 1) - 1])
        return replace(tried, due_at=now + wait, error=attempt.result)

    def _tried(self, now: datetime, attempt: Attempt) -> "Message":
        return replace(self._next(now), attempts=(*self.attempts, attempt))

    def cancelled(self, now: datetime, why: Sentence | None = None) -> "Message":
        """It is not sent; 409 for one that does not wait."""
        if self.status != "pending":
            raise Conflict.because("Only a message that is not sent yet can be cancelled.", "not_pending")
        return replace(self._next(now), status="skipped", error=why or Sentence(CANCELLED))

    def again(self, now: datetime) -> "Message":
        """It is sent once more, from the first attempt on; 409 for one that is not failed, cancelled or came back, 410 when it was erased."""
        if self.erased_at:
            raise Gone.because("The message was erased; only that it was there is left.", "erased")
        if self.status not in ("failed", "skipped", "bounced"):
            sentence = "Only a message that failed, came back or was cancelled can be sent again."
            raise Conflict.because(sentence, "not_failed")
        if self.conceals is not None:
            raise Conflict.because("A code is not sent again: who needs one asks for a new one.", "not_again")
        return replace(self._next(now), status="pending", due_at=max(now, self.at), tries=0, error=None, sent_at=None)

    def bounced(self, now: datetime, why: Sentence) -> "Message":
        """It came back after it was sent."""
        return replace(self._tried(now, Attempt(now, why)), status="bounced", error=why)

    def _next(self, now: datetime) -> "Message":
        return replace(self, version=self.version + 1, updated_at=next_moment(self, now))


def compared(channel: Channel, address: str) -> str:
    """An address, or the digits of a number, as it is compared."""
    return fold(address) if channel == "email" else "".join(filter(str.isdecimal, address))


def identity(channel: Channel, address: str) -> str:
    """What two ways to write the same address have in common."""
    return email_identity(address) if channel == "email" else compared(channel, address)


def no_such(id: UUID) -> AppError:
    """404: there is none with that id, or none that the caller may see."""
    return NotFound.because("There is no message {id}.", id=id)


def no_recipient(why: str | Sentence, channel: Channel, addresses: Sequence[str] = ()) -> AppError:
    """409: there is nobody to write to; `why` is a sentence, which may say the `addresses`."""
    return Conflict.because(why, "no_recipient", channel=channel, addresses=tuple(addresses))
