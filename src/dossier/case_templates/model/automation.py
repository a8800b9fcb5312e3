"""A rule of a template: when it fires, if what holds, and what it does then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from dossier.case_templates.model.step import Call
from dossier.conditions import Condition
from dossier.foundation.durations import Duration

MessageNews = Literal["bounced", "received"]


@dataclass(frozen=True)
class Created:
    """The case is made."""


@dataclass(frozen=True)
class Changed:
    """One of these paths changes; with a condition: and it holds, which it did not before."""

    watch: frozenset[str]


@dataclass(frozen=True)
class StepBecomes:
    """A step comes into a state."""

    step: str
    status: str


@dataclass(frozen=True)
class Near:
    """A day that a field says: so long before or after it (`working`: of working time), at that time of the workspace's clock."""

    field: str
    at: time
    before: Duration | None
    after: Duration | None
    working: bool


@dataclass(frozen=True)
class Idle:
    """Nobody did anything about the case for so long, or for so much working time."""

    period: Duration
    working: bool


@dataclass(frozen=True)
class Told:
    """A message of the case bounced, or one arrived."""

    news: MessageNews


Trigger = Created | Changed | StepBecomes | Near | Idle | Told


@dataclass(frozen=True)
class From:
    """The value of another part of the case, in the place of a literal."""

    path: str


@dataclass(frozen=True)
class SetParts:
    """Parts of the case set: path → value as JSON has it, or `From` another part."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class SetOwner:
    """The case given to a member, or to the next of several, by turns."""

    emails: tuple[str, ...]

    @property
    def in_turn(self) -> bool:
        return len(self.emails) > 1


@dataclass(frozen=True)
class StartStep:
    """A step started, as by hand."""

    step: str


@dataclass(frozen=True)
class CancelStep:
    """A step called off."""

    step: str


@dataclass(frozen=True)
class CallOut:
    """Another system called. A body that is no text is sent as JSON, with the gaps of its texts filled in."""

    call: Call
    body: Any


@dataclass(frozen=True)
class Tell:
    """Somebody told by e-mail: the owner, members' addresses, contact slots."""

    to: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class MakeTask:
    """A task of the case's own; `due`: so long (of `working` time) after it was made; `assignee`: `owner`, or a member's address."""

    title: str
    body: str | None
    assignee: str | None
    due: Duration | None
    working: bool


AtOnce = SetParts | SetOwner
Later = StartStep | CancelStep | CallOut | Tell | MakeTask
Action = AtOnce | Later


@dataclass(frozen=True)
class Automation:
    """A rule, checked and compiled. `actions` stand in the order in which they are done."""

    key: str
    name: str
    enabled: bool
    trigger: Trigger
    condition: Condition | None
    actions: tuple[Action, ...]

    @property
    def at_once(self) -> tuple[tuple[int, AtOnce], ...]:
        """What is done in the change itself, each with its position."""
        return tuple((place, each) for place, each in enumerate(self.actions) if isinstance(each, AtOnce))

    @property
    def parts(self) -> int:
        """How many parts of a case it sets."""
        return sum(len(each.values) if isinstance(each, SetParts) else 1 for _, each in self.at_once)

    @property
    def later(self) -> tuple[tuple[int, Later], ...]:
        """What is done once the change is kept, each with its position."""
        return tuple((place, each) for place, each in enumerate(self.actions) if not isinstance(each, AtOnce))
