"""The states of a step: which follows which, and what each keeps. Nothing else writes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from dossier.case_templates.model import Step
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored

State = Mapping[str, Any]
Status = Literal["hidden", "available", "scheduled", "started", "completed", "failed", "cancelled"]

ARROWS: Mapping[str, frozenset[str]] = {
    "hidden": frozenset({"available"}),
    "available": frozenset({"hidden", "scheduled", "started"}),
    "scheduled": frozenset({"started", "cancelled"}),
    "started": frozenset({"completed", "failed", "cancelled"}),
    "completed": frozenset({"available", "failed"}),  # again, where it is repeatable; a message that came back later
    "failed": frozenset({"started"}),
    "cancelled": frozenset({"started"}),
}
"""What a step goes to from each state."""

SENDING = frozenset({"email", "sms"})
REACHING_OUT = SENDING | {"http", "form"}
"""Types whose steps do something that nobody takes back."""
DONE = frozenset({"started", "completed", "failed"})
"""States in which it has been done, or tried."""
AVAILABLE_HERE = frozenset({"task", "note", "http", "form"}) | SENDING
WIRE = (
    "at",
    "started_at",
    "started_by",
    "completed_at",
    "error",
    "attempts",
    "due_at",
    "assignee",
    "message",
    "form",
    "runs",
)
"""What programs see of a state beside the data that was given."""
STATED = frozenset(WIRE) - {"due_at", "assignee", "at", "message", "form"}
"""Those that nobody but the server states. The last three may be members of clients' own; what the server states covers them."""
MOST_RUNS = 100  # of a repeatable step, the latest


STATUS_NAMES: Mapping[str, Message] = {
    "hidden": Message("hidden"),
    "available": Message("to do"),
    "scheduled": Message("planned"),
    "started": Message("started"),
    "completed": Message("done"),
    "failed": Message("failed"),
    "cancelled": Message("called off"),
}


class NoSuchArrowError(ValueError):
    """A state that does not follow another one."""


def is_available_here(step: Step) -> bool:
    """Whether this server can start it: a form says which one."""
    return step.type in AVAILABLE_HERE and (step.type != "form" or step.questions is not None)


def _to(state: State, status: Status, **members: Any) -> dict[str, Any]:
    """The state after an arrow; a member that is None goes."""
    if status not in ARROWS[state["status"]]:
        raise NoSuchArrowError(f"{state['status']} → {status}")
    return {name: value for name, value in {**state, "status": status, **members}.items() if value is not None}


def shown(state: State) -> dict[str, Any]:
    """Its condition holds."""
    return _to(state, "available")


def hidden(state: State) -> dict[str, Any]:
    """Its condition does not hold."""
    return _to(state, "hidden")


def scheduled(
    state: State, actor: Actor, at: datetime, data: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """It will start at a time. `data`: what it is given; `by_rule=True`: whatever starts it by itself may say then."""
    merged = {**state["data"], **(data or {})}
    return _to(state, "scheduled", data=merged, at=wire_time(at), scheduled_by=_who(actor), **more)


def started(
    state: State, actor: Actor, moment: datetime, data: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """It is under way, for the first time or again; `more`: `due_at` (wire time) and `assignee` ({id, email, …}), where there are."""
    merged = {**state["data"], **(data or {})}
    gone = dict.fromkeys(
        ("at", "scheduled_by", "by_rule", "error", "why", "completed_at", "completed_by", "cancelled_at", "cancelled_by", "message", "form", "reminded", "called_off", "unreachable")
    )  # fmt: skip
    who = _who(actor) if state["status"] != "scheduled" else state.get("scheduled_by") or _who(actor)
    return _to(state, "started", **gone | {"data": merged, "started_at": wire_time(moment), "started_by": who} | more)


def completed(
    state: State, actor: Actor, moment: datetime, data: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """It is done; `data` is merged into what it has."""
    merged = {**state["data"], **(data or {})}
    return _to(state, "completed", data=merged, completed_at=wire_time(moment), completed_by=_who(actor), **more)


def failed(state: State, error: Message) -> dict[str, Any]:
    """It did not work, and why: for programs, and as people are told."""
    return _to(state, "failed", **_why(error))


def why_failed(state: State) -> Message | None:
    """Why it did not work."""
    return next(iter(restored(state.get("why") or state.get("error"))), None)


def _why(error: Message) -> dict[str, str]:
    return {"error": str(error)[:1000], "why": stored([error])}


def cancelled(state: State, actor: Actor, moment: datetime) -> dict[str, Any]:
    """It was called off."""
    return _to(state, "cancelled", at=None, cancelled_at=wire_time(moment), cancelled_by=_who(actor))


def again(state: State) -> dict[str, Any]:
    """A repeatable step that is done: what was is one of its `runs`, and it can begin anew."""
    _to(state, "available")
    return {"status": "available", "data": {}, "runs": [*state.get("runs", ()), run(state)][-MOST_RUNS:]}


def run(state: State) -> dict[str, Any]:
    """One run of a repeatable step, as `runs` keeps it."""
    return {"status": state["status"], **{name: value for name, value in data_shown(state).items() if name != "runs"}}


def with_message(state: State, message_id: str) -> dict[str, Any]:
    """Under way with a message that was put; `attempts` counts these."""
    return {**state, "message": message_id, "attempts": state.get("attempts", 0) + 1}


def message_came_back(state: State, message_id: str, error: Message) -> dict[str, Any] | None:
    """The state once a message has failed or come back: of the step, or of the run that sent it; None: of neither."""
    if state.get("message") == message_id and "failed" in ARROWS[state["status"]]:
        return failed(state, error)
    runs = [
        {**each, "status": "failed", **_why(error)} if each.get("message") == message_id else each
        for each in state.get("runs", ())
    ]
    return {**state, "runs": runs} if runs != list(state.get("runs", ())) else None


def data_shown(state: State) -> dict[str, Any]:
    """The `data` of a step on the wire: what was given, and what is known of its state."""
    given = {name: value for name, value in state["data"].items() if name not in STATED}
    return given | {name: state[name] for name in WIRE if name in state}


def _who(actor: Actor) -> dict[str, Any]:
    return {"type": actor.type, "id": str(actor.id) if actor.id else None, "name": actor.name}


def called_off(state: State, why: str) -> dict[str, Any]:
    """No more reminders of it."""
    return {**state, "called_off": why}


def unreachable(state: State, channel: str) -> dict[str, Any]:
    """No more reminders by that channel: a message came back."""
    return {**state, "unreachable": sorted({*state.get("unreachable", ()), channel})}
