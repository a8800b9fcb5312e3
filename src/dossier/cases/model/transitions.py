"""How a change is carried on (contract section 5): rounds of steps shown, one transition, steps started."""

from collections.abc import Iterator
from dataclasses import replace

from dossier.case_templates.model import Status, Step, Template, Transition
from dossier.cases.model.case import Case, facts
from dossier.cases.model.change import Work
from dossier.cases.model.steps import is_available_here, started
from dossier.conditions import Condition
from dossier.foundation.actor import SERVER, Actor
from dossier.records.model import Entry

MAX_ROUNDS = 10

_ITSELF = Actor("system", None, "Dossier", "automation", SERVER)


def apply_transitions(work: Work) -> Work:
    """The change with everything that follows from it; after ten rounds it stops, and says so in the history."""
    template = work.case.template
    if template is None or not template.is_automatic:
        return work
    seen = 0
    for _ in range(MAX_ROUNDS):
        changed, seen = _watchable(work, seen), len(work.entries)
        work = _round(work, template, changed)
        if len(work.entries) == seen:
            return work
    if len(_round(work, template, _watchable(work, seen)).entries) == len(work.entries):
        return work
    reason = f"Automatic changes were stopped after {MAX_ROUNDS} rounds; the template's conditions chase each other."
    return work.note(Entry("transitions_stopped", {}, reason, automatic=True))


def _round(work: Work, template: Template, changed: frozenset[str]) -> Work:
    work = _show_steps(work, template)
    work = _move(work, template, changed)
    return _start_steps(work, template)


def _watchable(work: Work, since: int) -> frozenset[str]:
    """What has changed, in the words of `watch`: a step's path is `steps.<key>.status`, any slot also `contacts`."""
    paths = work.changed_paths(since)
    steps = {f"{path}.status" for path in paths if path.startswith("steps.")}
    return paths | steps | ({"contacts"} if any(path.startswith("contacts.") for path in paths) else set())


def _show_steps(work: Work, template: Template) -> Work:
    now = None
    values = {}
    for step in template.steps:
        state = work.case.steps[step.key]
        if step.visible_when and state["status"] in ("hidden", "available"):
            now = now or facts(work.case)
            status = "available" if step.visible_when.holds(now) else "hidden"
            values[f"steps.{step.key}"] = {**state, "status": status}
    return work.change("steps", values, "The conditions of the steps.", automatic=True) if values else work


def _move(work: Work, template: Template, changed: frozenset[str]) -> Work:
    candidates = [each for each in template.transitions if each[1].watch & changed]
    if not candidates:
        return work
    now = facts(work.case)
    for status, transition in candidates:
        if not (transition.once and status.key in work.case.fired) and transition.condition.holds(now):
            return _fire(work, status, transition, changed)
    return work


def _fire(work: Work, status: Status, transition: Transition, changed: frozenset[str]) -> Work:
    watched = ", ".join(sorted(transition.watch & changed))
    reason = f"{watched} changed, and the condition of “{status.label}” holds."
    moved = work.move(status.key, kind="transition", reason=reason, automatic=True)
    if transition.once and moved is not work:
        moved = replace(moved, case=replace(moved.case, fired=(*moved.case.fired, status.key)))
    return moved


def _start_steps(work: Work, template: Template) -> Work:
    for step, condition in _waiting(work.case, template):
        if condition.holds(facts(work.case)) and not _could_start_before(work.before, step, condition):
            work = _start(work, step)
    return work


def _waiting(case: Case, template: Template) -> Iterator[tuple[Step, Condition]]:
    for step in template.steps:
        if step.start_when and case.steps[step.key]["status"] == "available":
            yield step, step.start_when


def _could_start_before(before: Case | None, step: Step, condition: Condition) -> bool:
    """Whether it is no news that the condition holds: then starting the step is left to people."""
    return before is not None and before.steps[step.key]["status"] == "available" and condition.holds(facts(before))


def _start(work: Work, step: Step) -> Work:
    if is_available_here(step):
        state = started(_ITSELF, work.case.updated_at, {})
        reason = "The step's condition became true."
        return work.change("step_started", {f"steps.{step.key}": state}, reason, automatic=True)
    reason = f"“{step.title}” should start now, but this server cannot start steps of type “{step.type}” yet."
    if any(entry.reason == reason for entry in work.entries):
        return work
    return work.note(Entry("step_not_started", {}, reason, automatic=True))
