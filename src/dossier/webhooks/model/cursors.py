"""Cursors: how far somebody has read the events. One holds as long as the events behind it are kept, in this life of the database."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from dossier.foundation.errors import Gone, Invalid
from dossier.webhooks.model.events import Version

NONE, ANY = UUID(int=0), UUID(int=2**128 - 1)
LAST = 10**18 - 1
_LATEST = 10**13  # milliseconds since 1970: the year 2286
_LONGEST = 200  # characters


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Behind which event to go on: of which transaction, which case, which version, and how many of this version's events were given.

    `position` 0 stands for the oldest, which are in the order of their times (`at`, milliseconds since 1970).
    """

    position: int
    at: int = 0
    case: UUID = NONE
    version: int = 0
    given: int = 0

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Situation:
    """How far the order of events is: below `settled` nothing can still come, up to `begun` something may be under way.

    `floor`: the last position that is not told any more. `epochs`: the lives of the database as they began, the last one first,
    each with the last position of the one before; `epoch` is the present one.
    """

    settled: int
    begun: int
    floor: int
    epoch: str
    epochs: Sequence[tuple[str, int]]

    @property
    def now(self) -> Cursor:
        """Behind everything that is settled."""
        return Cursor(self.settled - 1, 0, ANY, LAST)


def after(version: Version, given: int = 0) -> Cursor:
    """Behind a version, or behind so many of its events."""
    at = 0 if version.position else round(version.at.timestamp() * 1000)
    return Cursor(version.position, at, version.case_id, version.version or LAST, given)


def oldest(situation: Situation, kept_since: datetime) -> Cursor:
    """Before everything that is kept."""
    at = round(kept_since.timestamp() * 1000)
    return Cursor(situation.floor, 0, ANY, LAST) if situation.floor else Cursor(0, at)


def written(cursor: Cursor, epoch: str) -> str:
    """The cursor as text for an address, in this life of the database."""
    end = "" if cursor.case in (NONE, ANY) else f" {cursor.case.hex} {cursor.version} {cursor.given}"
    text = f"{_mark(epoch)} {cursor.position} {cursor.at}{end}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, situation: Situation, kept_since: datetime, name: str = "after") -> Cursor:
    """What a text says; 400 when it is no cursor, 410 when it does not hold any more. `0`: before everything.

    `name`: what the client calls it.
    """
    if text == "0":
        return oldest(situation, kept_since)
    try:
        mark, cursor = _parsed(text)
    except ValueError:
        sentence = "“{name}” must be 0, or a cursor that was answered here."
        raise Invalid.because(sentence, "invalid_parameter", parameter=name, name=name) from None
    if _is_old(cursor, situation, kept_since):
        sentence = "Events are kept for 30 days, and this cursor is older: begin again with after=0."
        raise Gone.because(sentence, "cursor_gone", parameter=name)
    if not _holds(cursor, mark, situation):
        sentence = "The database was restored or set back since, and this cursor with it: begin again with after=0."
        raise Gone.because(sentence, "cursor_gone", parameter=name)
    return cursor


def _parsed(text: str) -> tuple[str, Cursor]:
    if not text.isascii() or len(text) > _LONGEST:
        raise ValueError
    mark, *parts = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(" ")
    position, at, *end = parts
    if end:
        case, version, given = end
        return mark, Cursor(_whole(position), _whole(at, _LATEST), UUID(case), _whole(version), _whole(given))
    return mark, Cursor(_whole(position), 0, ANY, LAST) if _whole(position) else Cursor(0, _whole(at, _LATEST))


def _whole(text: str, most: int = LAST) -> int:
    if not (text.isdigit() and len(text) < 19 and int(text) <= most):
        raise ValueError
    return int(text)


def _is_old(cursor: Cursor, situation: Situation, kept_since: datetime) -> bool:
    if cursor.position:
        return cursor.position < situation.floor
    return situation.floor > 0 or cursor.at < round(kept_since.timestamp() * 1000)


def _holds(cursor: Cursor, mark: str, situation: Situation) -> bool:
    """In this life whatever was given out; of an earlier one, what is kept of it here."""
    if mark == _mark(situation.epoch):
        return cursor.position < situation.settled
    later = 0
    for epoch, began_after in situation.epochs:
        if _mark(epoch) == mark:
            return cursor.position <= later
        later = began_after
    return False


def _mark(epoch: str) -> str:
    return sha256(epoch.encode()).hexdigest()[:8]
