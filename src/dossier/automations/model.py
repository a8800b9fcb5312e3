"""A run of a rule on a case, what of it is still to be done, and when rules of time look at a case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from dossier.case_templates.model import (
    Automation,
    CallOut,
    CancelStep,
    Idle,
    Later,
    MakeTask,
    Near,
    StartStep,
    Tell,
    Wait,
)
from dossier.cases.model import Case
from dossier.conditions.explaining import Part
from dossier.flow.model.planning import later
from dossier.foundation.durations import Duration
from dossier.foundation.exact import day as parse_day
from dossier.foundation.messages import Message, Named
from dossier.foundation.working_time import WorkingTime

LATE = timedelta(days=1)  # that a day may be set late, and its rule still fires
TRIES = 8  # of a call that is refused for now
_ACTIONS = UUID("6f5b1c3e-6f0e-5f8f-9a57-7c1f4a1f7d10")

State = Literal["waiting", "done", "failed"]
Outcome = Literal["done", "waiting", "failed", "refused", "condition_not_met"]


@dataclass(frozen=True, slots=True)
class Doing:
    """An action that is done after the change: its position in the rule, and how far it is. `error`: a sentence."""

    position: int
    state: State = "waiting"
    tries: int = 0
    error: Message | None = None
    at: str | None = None

    def document(self) -> dict[str, Any]:
        """As it is answered."""
        return {name: getattr(self, name) for name in self.__slots__} | {"error": self.error and str(self.error)[:2000]}


@dataclass(frozen=True, slots=True)
class Run:
    """A rule that fired on a case. `run`: the version that its first entry made."""

    workspace_id: UUID
    case_id: UUID
    rule: str
    run: int
    at: datetime
    outcome: Outcome
    actions: tuple[Doing, ...] = ()

    def action_id(self, position: int) -> UUID:
        """The action's own id, the same each time it is tried: what makes repeats harmless."""
        return uuid5(_ACTIONS, f"{self.case_id}:{self.run}:{self.rule}:{position}")

    def with_action(self, doing: Doing) -> "Run":
        """The run with what became of one of its actions."""
        actions = tuple(doing if each.position == doing.position else each for each in self.actions)
        return replace(self, actions=actions, outcome=outcome_of(actions, refused=self.outcome == "refused"))


def outcome_of(actions: tuple[Doing, ...], *, refused: bool) -> Outcome:
    """What a run comes to; something that it could not set is said first."""
    states = {each.state for each in actions}
    if refused:
        return "refused"
    return "waiting" if "waiting" in states else "failed" if "failed" in states else "done"


@dataclass(frozen=True, slots=True)
class Time:
    """When a rule of time looks at a case: None, not any more. `value`: the day for which."""

    rule: str
    due_at: datetime | None
    value: str | None = None


def times_of(case: Case, rules: tuple[Automation, ...], now: datetime) -> Iterator[Time]:
    """When each of the rules looks at the case next, as it is now."""
    for rule in rules:
        match rule.trigger:
            case Near():
                yield _near(case, rule.key, rule.trigger, now)
            case Idle(period, working):
                due = later(case, now, Wait(period, working))
                yield Time(rule.key, None if case.archived_at else due)


def _near(case: Case, key: str, near: Near, now: datetime) -> Time:
    value = case.data.get(near.field)
    if not isinstance(value, str) or case.archived_at:
        return Time(key, None, None)
    moment = moment_of(near, value, case.working)
    return Time(key, moment if moment and moment >= now - LATE else None, value)


def moment_of(near: Near, day: str, clock: WorkingTime) -> datetime | None:
    """When a rule fires for a day: at its time of the workspace's clock, so long, or so much working time, before or after. UTC."""
    time_zone = clock.time_zone
    try:
        local = datetime.combine(parse_day(day), near.at, ZoneInfo(time_zone))
        if near.working and (near.before or near.after):
            return clock.before(local, near.before) if near.before else clock.after(local, near.after or Duration())
        if near.before:
            return near.before.before(local, time_zone)
        return near.after.after(local, time_zone) if near.after else local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def why_of(case: Case, rule: Automation, value: str | None) -> Message:
    """What a rule of time is set off by, in words."""
    match rule.trigger:
        case Near(field):
            named = Named(field, known.name if (known := case.field(field)) else field)
            return Message("its time for “{field}” of {day} has come", {"field": named, "day": parse_day(value or "")})
        case Idle():
            return Message("nobody did anything about the case for long enough")
    return Message("its time has come")


def named(action: Later) -> dict[str, Any]:
    """An action as the document has it, without what it says: `{"start": "step"}`, `{"tell": ["owner"]}`."""
    match action:
        case StartStep(step):
            return {"start": step}
        case CancelStep(step):
            return {"cancel": step}
        case Tell(to):
            return {"tell": list(to)}
        case MakeTask(title):
            return {"task": {"title": title}}
        case CallOut(call):
            return {"http": {"method": call.method, "url": call.url}}


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of what a rule asks: as programs read it (`part`), whether it held, and the value that there was.

    `kind`: `created`, `change` of one of the paths in `about`, `step`: `about` is in the state `wanted`, `before`: it did not hold;
    `if`: a comparison, which is `asked`.
    """

    part: str
    held: bool
    value: Any = None
    kind: Literal["created", "change", "step", "before", "if"] = "if"
    about: tuple[str, ...] = ()
    wanted: str = ""
    asked: Part | None = None


Why = list[Reason]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a rule did to a case last, and why, or why it did not."""

    rule: Automation
    outcome: str
    why: Why
    last: Run | None = None
    version: int | None = None
    due_at: datetime | None = None

    @property
    def errors(self) -> list[tuple[str, str, Message]]:
        """What went wrong in the last run: which kind of action (`start`; empty: it is not there any more), of what, and why."""
        there = dict(self.rule.later)
        actions = self.last.actions if self.last else ()
        return [(*_said(there.get(each.position)), each.error) for each in actions if each.error]

    @property
    def may_retry(self) -> bool:
        """Whether something failed that can be tried again."""
        there, last = dict(self.rule.later), self.last
        return any(each.state == "failed" and each.position in there for each in (last.actions if last else ()))


def _said(action: Later | None) -> tuple[str, str]:
    if action is None:
        return "", ""
    ((kind, what),) = named(action).items()
    if isinstance(what, dict):
        return kind, what.get("title") or what["url"]
    return kind, ", ".join(what) if isinstance(what, list) else what
