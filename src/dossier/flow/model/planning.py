"""When steps start, are due, and are reminded of: everything that is to be done without anybody, as one plan of a thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dossier.case_templates.model import Reminder, Step, Wait
from dossier.flow.model.following import Following
from dossier.flow.model.states import SENDING, State
from dossier.foundation.clock import wire_time
from dossier.foundation.exact import day as parse_day
from dossier.foundation.exact import local_moment


def is_done(thing: Following, key: str) -> bool:
    """Whether a step is completed, or was once where it can be done again."""
    state = thing.steps.get(key, {})
    return state.get("status") == "completed" or any(each["status"] == "completed" for each in state.get("runs", ()))


def waits_for(thing: Following, step: Step) -> list[str]:
    """The steps that must be completed before it and are not."""
    return [key for key in step.after if not is_done(thing, key)]


def may_start(thing: Following, step: Step) -> bool:
    """Whether what starts it by itself holds."""
    if waits_for(thing, step):
        return False
    return step.start_when is None or step.start_when.evaluate(thing.context())


def later(thing: Following, moment: datetime, wait: Wait) -> datetime:
    """The moment after a wait, by the calendar or the working time of the thing's workspace."""
    if wait.working:
        return thing.working.after(moment, wait.duration)
    return wait.duration.after(moment, thing.time_zone)


def start_by_itself(thing: Following, step: Step, moment: datetime) -> datetime:
    """When a step starts that may start at the moment: after its delay, and what is sent in sending hours."""
    at = later(thing, moment, step.delay) if step.delay else moment
    return in_sending_hours(thing, step, at)


def in_sending_hours(thing: Following, step: Step, moment: datetime) -> datetime:
    """When a step may start that nobody pressed a button for: what is sent, not before sending hours begin."""
    writes = step.type in SENDING or (step.questions is not None and not step.questions.internal)
    return thing.working.opening(moment) if writes else moment


def due_at(thing: Following, step: Step, moment: datetime) -> str | None:
    """Until when a step is to be done that starts at the moment, as on the wire; None: whenever."""
    if step.due is None:
        return None
    if step.due.of is None:
        return wire_time(later(thing, moment, step.due.wait))
    said = thing.data.get(step.due.of)
    try:
        day = parse_day(said) if isinstance(said, str) else None
    except ValueError:  # of a field that had another type
        day = None
    if day is None:
        return None
    end = datetime.combine(day, time(23, 59), ZoneInfo(thing.time_zone)).astimezone(UTC)
    if step.due.sign > 0:
        return wire_time(later(thing, end, step.due.wait))
    wait = step.due.wait
    earlier = thing.working.before if wait.working else None
    return wire_time(earlier(end, wait.duration) if earlier else wait.duration.before(end, thing.time_zone))


What = Literal["start", "do", "remind"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be done with a step at a time: `start` it, `do` what it is for, `remind` of it."""

    step: str
    what: What
    at: datetime


def plan(thing: Following) -> list[Planned]:
    """Everything that is to be done with the steps of a thing without anybody; nothing of one that is put away."""
    if thing.archived_at or thing.template is None:
        return []
    steps = ((step, thing.steps.get(step.key)) for step in thing.template.steps)
    return [each for step, state in steps if state for each in _planned(thing, step, state)]


def _planned(thing: Following, step: Step, state: State) -> Iterator[Planned]:
    match state["status"]:
        case "scheduled":
            yield Planned(step.key, "start", _moment(state["at"]))
        case "started" if _is_undone(step, state):
            yield Planned(step.key, "do", _moment(state["started_at"]))
    if step.reminders and (nearest := next_reminder(thing, step, state)):
        yield Planned(step.key, "remind", nearest[1])


def _is_undone(step: Step, state: State) -> bool:
    """Whether what it is for is still to be done, as where it started by itself: its message, its text."""
    if step.type in SENDING:
        return "message" not in state
    if step.type == "form":
        return "form" not in state
    return step.type in ("note", "task") and bool(step.sending.body) and "body" not in state["data"]


def next_reminder(thing: Following, step: Step, state: State) -> tuple[int, datetime] | None:
    """Which of its reminders comes next, and when, in sending hours; None: none any more.

    They count from when the message went, of a step that sends one; of others from its start, until it is done.
    """
    begun = state.get("completed_at") if step.type in SENDING else state.get("started_at")
    running = ("completed", "failed") if step.type in SENDING else ("started",)  # failed: it came back, by one channel
    if state["status"] not in running or not begun or "called_off" in state:
        return None
    coming = [
        (thing.working.opening(at), place)
        for place, reminder in enumerate(step.reminders)
        if (at := _turn(thing, reminder, _moment(begun), _reminded(state, place))) and _is_open(state, reminder)
    ]
    return (min(coming)[1], min(coming)[0]) if coming else None


def _is_open(state: State, reminder: Reminder) -> bool:
    """Whether its channel still reaches them: a message that came back ends that one."""
    return reminder.channel not in state.get("unreachable", ())


def _turn(thing: Following, reminder: Reminder, begun: datetime, sent: int) -> datetime | None:
    """When a reminder comes that was sent so often already."""
    if sent >= reminder.times:
        return None
    at = later(thing, begun, reminder.after)
    for _ in range(sent):
        assert reminder.every
        at = later(thing, at, reminder.every)
    return at


def _reminded(state: State, place: int) -> int:
    return int(state.get("reminded", {}).get(str(place), 0))


def reminded(thing: Following, step: Step, state: State, place: int, now: datetime) -> dict[str, Any]:
    """The state once one of its reminders was sent; the turns that were missed meanwhile are not made up for."""
    count, reminder = _reminded(state, place) + 1, step.reminders[place]
    begun = _moment(state["completed_at"] if step.type in SENDING else state["started_at"])
    while (at := _turn(thing, reminder, begun, count)) and at <= now:
        count += 1
    return {**state, "reminded": {**state.get("reminded", {}), str(place): count}}


def _moment(text: str) -> datetime:
    return local_moment(text)
