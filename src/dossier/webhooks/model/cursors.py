"""Cursors: how far somebody has read the events. Each names something that was kept: an event, or a mark of the order.

So a cursor survives every restart, and one that points to what a database does not hold, as after it was set back to a backup,
is known to point nowhere.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dossier.foundation.errors import Invalid
from dossier.webhooks.model.events import Version

NONE, ANY = UUID(int=0), UUID(int=2**128 - 1)
LAST = 10**18 - 1
BEGINNING = 1  # the number of no transaction: behind the oldest, before all whose order is known
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**13  # milliseconds since 1970: the year 2286
_LONGEST = 200  # characters


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Behind which event to go on: of which transaction, which case, which version, and how many of this version's events were given.

    `position` 0 stands for the oldest, which are in the order of their times (`at`, milliseconds since 1970). `case` is `ANY` behind
    all of a transaction, `NONE` before everything of a time.
    """

    position: int
    at: int = 0
    case: UUID = NONE
    version: int = 0
    given: int = 0
    workspace: UUID = NONE

    @property
    def moment(self) -> datetime:
        return _EPOCH + timedelta(milliseconds=self.at)

    @property
    def names_something(self) -> bool:
        """Whether it holds only where that is kept."""
        return self.is_of_event or self.position > BEGINNING

    @property
    def is_of_event(self) -> bool:
        return self.case not in (NONE, ANY)


@dataclass(frozen=True, slots=True)
class Situation:
    """How far the order of events is: below `settled` nothing can still come, up to `begun` something may be under way.

    `floor`: the last position that is not told any more; `mark`: the last one that was written down, 0 for none.
    """

    settled: int
    begun: int
    floor: int
    mark: int


def after(version: Version, given: int = 0) -> Cursor:
    """Behind a version, or behind so many of its events."""
    at = 0 if version.position else round(version.at.timestamp() * 1000)
    workspace = UUID(version.workspace["id"])
    return Cursor(version.position, at, version.case_id, version.version or LAST, given, workspace)


def behind(position: int) -> Cursor:
    """Behind all of a transaction."""
    return Cursor(position, 0, ANY, LAST)


def oldest(situation: Situation, kept_since: datetime) -> Cursor:
    """Before everything that is kept."""
    return behind(situation.floor) if situation.floor else Cursor(0, round(kept_since.timestamp() * 1000))


def is_old(cursor: Cursor, situation: Situation, kept_since: datetime) -> bool:
    """Whether something behind it may not be told any more."""
    if cursor.position:
        return cursor.position < situation.floor
    return situation.floor > 0 or cursor.at < round(kept_since.timestamp() * 1000)


def written(cursor: Cursor) -> str:
    """The cursor as text for an address."""
    parts: list[object] = [cursor.position, cursor.at]
    if cursor.is_of_event:
        parts += [cursor.workspace.hex, cursor.case.hex, cursor.version, cursor.given]
    return base64.urlsafe_b64encode(" ".join(map(str, parts)).encode()).decode().rstrip("=")


def read(text: str, name: str = "after") -> Cursor:
    """The cursor that a text spells; 400 when it is none. `name`: what the client calls it."""
    try:
        if not text.isascii() or len(text) > _LONGEST:
            raise ValueError  # noqa: TRY301 - as the parts that do not fit
        return _parsed(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(" "))
    except ValueError:
        sentence = "“{name}” must be 0, or a cursor that was answered here."
        raise Invalid.because(sentence, "invalid_parameter", parameter=name, name=name) from None


def _parsed(parts: list[str]) -> Cursor:
    position, at, *event = parts
    if not event:
        return behind(_whole(position)) if _whole(position) else Cursor(0, _whole(at, _LATEST))
    workspace, case, version, given = event
    whole = _whole(position), _whole(at, _LATEST), UUID(case), _whole(version), _whole(given)
    return Cursor(*whole, UUID(workspace))


def _whole(text: str, most: int = LAST) -> int:
    if not (text.isdigit() and len(text) < 19 and int(text) <= most):
        raise ValueError
    return int(text)
