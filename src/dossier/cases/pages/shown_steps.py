"""What the page of a case shows of each of its steps, and what can be done with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dossier.case_templates.model import Step
from dossier.cases.model import Case
from dossier.flow.model.planning import next_reminder, waits_for
from dossier.flow.model.states import REACHING_OUT, SENDING, is_available_here, why_failed
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the page of its case shows it. `acts`: what can be done with it; `waits`: titles of steps that come before it."""

    key: str
    title: str
    type: str
    status: str
    description: str | None
    acts: frozenset[str]
    waits: tuple[str, ...] = ()
    at: datetime | None = None
    by: str | None = None
    due_at: datetime | None = None
    is_overdue: bool = False
    assignee: str | None = None
    error: Message | None = None
    text: str | None = None
    message: str | None = None
    runs: int = 0
    reminder_at: datetime | None = None


def shown_steps(case: Case, now: datetime) -> Iterator[ShownStep]:
    """What is to be done and what was; hidden steps are left out."""
    for step in case.all_steps:
        state = case.steps[step.key]
        if state["status"] != "hidden":
            yield _shown(case, step, state, now)


def _shown(case: Case, step: Step, state: Mapping[str, Any], now: datetime) -> ShownStep:
    due = local_moment(state["due_at"]) if "due_at" in state else None
    reminder = next_reminder(case, step, state) if step.reminders else None
    at, by = _moments(state)
    titles = case.template.step_by_key if case.template else {}
    return ShownStep(
        key=step.key,
        title=step.title,
        type=step.type,
        status=state["status"],
        description=step.description,
        acts=_acts(step, state, has_reminder=reminder is not None),
        waits=tuple(titles[key].title for key in waits_for(case, step)) if state["status"] == "available" else (),
        at=at,
        by=by,
        due_at=due if state["status"] == "started" else None,
        is_overdue=bool(due and due < now and state["status"] == "started"),
        assignee=_name(state.get("assignee")),
        error=why_failed(state),
        text=state["data"].get("body") if step.type in ("task", "note") else None,
        message=state.get("message"),
        runs=len(state.get("runs", ())),
        reminder_at=reminder[1] if reminder else None,
    )


def _moments(state: Mapping[str, Any]) -> tuple[datetime | None, str | None]:
    """When it came to be as it is, or will start, and who did that."""
    when, who = {
        "scheduled": ("at", "scheduled_by"),
        "started": ("started_at", "started_by"),
        "completed": ("completed_at", "completed_by"),
        "failed": ("started_at", "started_by"),
        "cancelled": ("cancelled_at", "cancelled_by"),
    }.get(state["status"], ("", ""))
    return local_moment(state[when]) if when in state else None, (state.get(who) or {}).get("name")


def _acts(step: Step, state: Mapping[str, Any], *, has_reminder: bool) -> frozenset[str]:
    if not is_available_here(step):
        return frozenset()
    sends = step.type in SENDING
    acts = {
        "available": {"write"} if sends else {"start"},
        "scheduled": {"start", "cancel"},
        "started": {"cancel"} if step.type in REACHING_OUT else {"done", "cancel"},
        "failed": {"write"} if sends else {"start"},
        "cancelled": {"write"} if sends else {"start"},
    }.get(state["status"], set[str]())
    return frozenset(acts | ({"quiet"} if has_reminder else set()))


def _name(person: Mapping[str, Any] | None) -> str | None:
    if not person:
        return None
    return " ".join(filter(None, (person.get("given_name"), person.get("family_name")))) or person.get("email")
