"""Many forms that are asked for together: what is given for each, what is wrong with it by row and column, and how far all are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from dossier.foundation.errors import NotFound, Problem
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop

MOST_ROWS = 5000
MOST_PACE = 10_000  # a minute
AT_ONCE = 200  # forms that are made in a minute where no pace was said

RowState = Literal["waiting", "made", "failed", "cancelled"]
_NO_SUCH = gettext_noop("There is no batch {id}.")


@dataclass(frozen=True, slots=True)
class Given:
    """What is given for one person: who they are, what is filled in, and the case that the form belongs to; `no_case`: what was said to be
    one, and is none.
    """

    user: Mapping[str, str | None] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    case_id: UUID | None = None
    no_case: str | None = None

    def document(self) -> dict[str, Any]:
        """As it is kept until its form is there."""
        return {"user": self.user, "data": self.data, "case": str(self.case_id) if self.case_id else self.no_case}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Given":
        case_id = parse_id(kept["case"] or "")
        return cls(kept["user"], kept["data"], case_id, None if case_id else kept["case"])


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is asked for. `slug` or `preset_id` names what the forms are made by; `pace`: how many a minute at most; `unread`: what is
    wrong with rows that could not even be read, by row.
    """

    workspaces: tuple[UUID, ...]
    rows: Sequence[Given]
    slug: str | None = None
    preset_id: UUID | None = None
    pace: int | None = None
    unread: Mapping[int, Sequence[Problem]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row (from 0), in which column: `user.email`, `data.amount`, `case`; `fatal`: no form comes of it."""

    row: int
    column: str
    problem: Problem
    fatal: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is kept. `by`: `{type, id, name}`; `stopped_at`: since when whoever that is may not have more made."""

    workspace_id: UUID
    id: UUID
    created_at: datetime
    by: Mapping[str, Any]
    preset_id: UUID
    slug: str
    pace: int | None
    next_at: datetime | None
    cancelled_at: datetime | None
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What came of a row: its form and the form's status, whether somebody has come in (`opened`), begun and handed it in; or why there is none."""

    row: int
    state: RowState
    form_id: UUID | None
    form_status: str | None
    archived: bool
    opened: bool
    begun: bool
    completed: bool
    error: Sequence[Message]
    name: str | None = None  # of who is asked, or how they are reached

    @property
    def stage(self) -> str:
        """How far it is: the last of the groups that it stands in."""
        return [*_of(self)][-1]


GROUPS = ("waiting", "sent", "opened", "begun", "completed", "failed", "cancelled")


def grouped(rows: Sequence[BatchRow]) -> dict[str, list[BatchRow]]:
    """The rows by what came of them; who has begun has been sent it and opened it, and stands there too."""
    found: dict[str, list[BatchRow]] = {name: [] for name in GROUPS}
    for each in rows:
        for name in _of(each):
            found[name].append(each)
    return found


def _of(row: BatchRow) -> Iterator[str]:
    if row.state in ("waiting", "failed"):
        yield row.state
    elif row.state == "cancelled" or (row.archived and not row.begun):
        yield "cancelled"
    else:
        yield "sent"
        if row.opened or row.begun:
            yield "opened"
        if row.begun:
            yield "begun"
        if row.completed:
            yield "completed"


def no_such(id: UUID) -> NotFound:
    """404."""
    refusal = NotFound.because(_NO_SUCH, id=id)
    assert isinstance(refusal, NotFound)
    return refusal
