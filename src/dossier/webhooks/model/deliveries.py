"""Deliveries: what is sent to whom, what came of each try, and when the next one is."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.foundation import json
from dossier.foundation.clock import wire_time
from dossier.foundation.errors import AppError, NotFound
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored

MINUTE, HOUR = 60, 3600
WAITS = (5, 30, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 20 * HOUR, 43 * HOUR)
"""Seconds before each try but the first: ten tries, over about 75 hours."""
VARIES = 0.1  # part by which a wait is longer or shorter, so that what failed together does not come back together
SECONDS = 15.0  # that a receiver may take
READ_BYTES = 16 * 1024  # of an answer
AT_ONCE = 4  # calls to one address; one, while it takes nothing
IN_HAND = 40  # deliveries to one address that a process claims before it can call: turns take longer than calls
LONGEST_RETRY_AFTER = timedelta(hours=24)
KEPT = timedelta(days=30)
GONE = 410
BUSY = (429, 503)
WARNED_AFTER, DISABLED_AFTER = timedelta(days=2), timedelta(days=3)
"""Of failing without a break, until administrators are told, and until nothing is sent any more."""
TEST = "webhook.test"

Status = Literal["pending", "delivered", "dead", "cancelled"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, the status of the answer (None: there was none, and `error` says why), how long it took, and how the answer began."""

    at: datetime
    status: int | None
    ms: int
    error: Message | None = None
    body: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Attempt":
        """As it was kept."""
        error = next(iter(restored(kept["error"])), None)
        return cls(local_moment(kept["at"]), kept["status"], kept["ms"], error, kept["body"])

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def document(self) -> dict[str, Any]:
        """As it is answered."""
        error = str(self.error) if self.error else None
        return {"at": wire_time(self.at), "status": self.status, "ms": self.ms, "error": error, "body": self.body}

    def kept(self) -> dict[str, Any]:
        """As it is kept: what went wrong so that it can be said in each language."""
        return {**self.document(), "error": stored([self.error]) if self.error else None}


@dataclass(frozen=True, slots=True)
class FormCall:
    """A call to an address that a form names itself, with its tries as they are kept; without `name` its form is gone."""

    workspace_id: UUID
    id: UUID
    form_id: UUID
    url: str
    events: tuple[str, ...]
    status: str
    tries: int
    next_at: datetime
    attempts: tuple[Attempt, ...]
    created_at: datetime
    body: str | None
    reference: str | None
    name: str | None

    @property
    def last(self) -> Attempt | None:
        """The last try."""
        return self.attempts[-1] if self.attempts else None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process sends now, claimed by it at a time (`monotonic`). `written`: its body is as it will be at each try; `secrets` are encrypted.

    `reaches`: what calls of its workspace may reach inside, beside what the server's may. Without a body it is made anew, of the history as it is by then.
    """

    workspace_id: UUID
    id: UUID
    webhook_id: UUID
    case_id: UUID | None
    version: int | None
    event_id: UUID
    type: str
    body: str | None
    written: bool
    tries: int
    url: str
    secrets: tuple[bytes, ...] = field(repr=False)
    reaches: str = ""
    claimed_at: float = field(default_factory=monotonic, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try, and how long the receiver asked to be left alone."""

    delivery: Claimed
    attempt: Attempt
    retry_after: timedelta | None = None

    @property
    def is_gone(self) -> bool:
        return self.attempt.status == GONE

    def follows(self) -> tuple[Status, datetime | None]:
        """What the delivery is then, and when it is tried again."""
        tries = self.delivery.tries + 1
        if self.attempt.is_taken:
            return "delivered", None
        if self.is_gone:
            return "cancelled", None
        if tries > len(WAITS):
            return "dead", None
        return "pending", self.attempt.at + self._wait(tries)

    def _wait(self, tries: int) -> timedelta:
        planned = timedelta(seconds=WAITS[tries - 1] * random.uniform(1 - VARIES, 1 + VARIES))  # noqa: S311 - nobody gains by guessing it
        if self.retry_after is None or self.attempt.status not in BUSY:
            return planned
        return max(
            planned, min(self.retry_after, LONGEST_RETRY_AFTER)
        )  # no sooner: else ten tries were over in seconds


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it is shown, with its case as that is called now (None: there is none). `is_erased`: the case is gone, and it cannot be sent again."""

    workspace_id: UUID
    id: UUID
    webhook_id: UUID
    case_id: UUID | None
    event_id: UUID
    type: str
    happened_at: datetime
    status: Status
    tries: int
    next_at: datetime | None
    attempts: tuple[Attempt, ...]
    created_at: datetime
    case_reference: str | None = None
    case_title: str | None = None
    body: str | None = None
    is_erased: bool = False

    @property
    def last(self) -> Attempt | None:
        """The last try."""
        return self.attempts[-1] if self.attempts else None


def no_such(id: UUID) -> AppError:
    """404."""
    return NotFound.because("There is no delivery {id}.", id=id)


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` says (RFC 9110 section 10.2.3), in seconds or as a time; None when it says nothing that can be read."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST_RETRY_AFTER.total_seconds())))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)


def shown_body(content: bytes) -> str | None:
    """How an answer began, as text that can be kept: what is no UTF-8 is marked, NUL too."""
    return content[:READ_BYTES].decode(errors="replace").replace("\0", "�") or None


def test_body(id: UUID, now: datetime, workspace: Mapping[str, Any], webhook_id: UUID) -> str:
    """What a test sends."""
    data = {"workspace": workspace, "webhook": {"id": str(webhook_id)}}
    return json.encode({"id": str(id), "type": TEST, "timestamp": wire_time(now), "data": data}).decode()
