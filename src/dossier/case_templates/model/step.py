"""A step of a template, compiled: when it comes and starts, what it sends or asks for, who is reminded of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dossier.conditions import Condition
from dossier.foundation.durations import Duration

StepType = Literal["email", "sms", "form", "note", "task", "http"]
Channel = Literal["email", "sms"]
CALL_SECONDS = 15  # that a call may take which does not say
OWNER = "owner"
"""In the place of a slot or an address: whoever owns the case."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait; `working`: by the workspace's working time."""

    duration: Duration
    working: bool


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a step is to be done: `wait` from its start, or so long before or after the day in a field (`of`)."""

    wait: Wait
    of: str | None
    sign: Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class Reminder:
    """After a while, then every so often, so many times. `to`: a slot, `owner`, an address; None: whom the step is about."""

    after: Wait
    every: Wait | None
    times: int
    channel: Channel
    to: str | None
    subject: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What a message of a step says, to whom: slots, `owner`, addresses. `texts`: language → subject and body in its place."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    from_name: str | None = None
    reply_to: str | None = None
    subject: str | None = None
    body: str | None = None
    attachments: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """What an `http` step asks of another program; its body is the step's. `save`: path of a value → JSON pointer into the answer."""

    method: str = "POST"
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: int = CALL_SECONDS
    save: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a `form` step asks: the form template by its `slug`, by a preset (None: the first one), with options.

    `prefill`: element → path of the case that it is filled in from; `internal`: a member fills it in.
    """

    slug: str
    preset: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    prefill: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done on a case. `assignees`: `owner` or addresses of members, several in turn."""

    key: str
    title: str
    type: StepType
    visible_when: Condition | None
    start_when: Condition | None
    description: str | None = None
    after: tuple[str, ...] = ()
    delay: Wait | None = None
    due: Due | None = None
    assignees: tuple[str, ...] = ()
    repeatable: bool = False
    reminders: Sequence[Reminder] = ()
    sending: Sending = Sending()
    call: Call = Call()
    questions: Questions | None = None

    @property
    def first(self) -> dict[str, Any]:
        """Its state on a case that gets it."""
        return {"status": "hidden" if self.visible_when else "available", "data": {}}

    @property
    def starts_by_itself(self) -> bool:
        """Whether it starts without anybody: by its condition, or so long after other steps."""
        return bool(self.start_when or (self.after and self.delay))
