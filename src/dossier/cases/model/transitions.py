"""How a change is carried on (contract section 5): rounds of steps shown, one transition, rules, steps started."""

from collections.abc import Iterator
from dataclasses import replace

from dossier.case_templates.model import Status, Step, Template, Transition
from dossier.cases.model.automations import Looked, fire, watchable
from dossier.cases.model.case import Case, context_of
from dossier.cases.model.record import CaseChange
from dossier.cases.model.steps import is_available_here, started
from dossier.conditions import Condition
from dossier.foundation.actor import system
from dossier.records.model import Entry

MAX_ROUNDS = 10

_ITSELF = system("automation")


def apply_transitions(change: CaseChange) -> CaseChange:
    """The change with everything that follows from it; after ten rounds it stops, and says so in the history."""
    template = change.after.template
    if template is None or not template.is_automatic:
        return change
    seen, looked = 0, Looked(change.before)
    for _ in range(MAX_ROUNDS):
        changed, seen = _watchable(change, seen), len(change.entries)
        change, looked = _round(change, template, changed, looked)
        if len(change.entries) == seen:
            return change
    if len(_round(change, template, _watchable(change, seen), looked)[0].entries) == len(change.entries):
        return change
    reason = f"Automatic changes were stopped after {MAX_ROUNDS} rounds; the template's conditions chase each other."
    return change.note(Entry("transitions_stopped", {}, reason, automatic=True))


def _round(
    change: CaseChange, template: Template, changed: frozenset[str], looked: Looked
) -> tuple[CaseChange, Looked]:
    change = _show_steps(change, template)
    change = _move(change, template, changed)
    change, looked = fire(change, template, looked)
    return _start_steps(change, template), looked


def _watchable(change: CaseChange, since: int) -> frozenset[str]:
    return watchable(change.changed_paths(since))


def _show_steps(change: CaseChange, template: Template) -> CaseChange:
    now = None
    values = {}
    for step in template.steps:
        state = change.after.steps[step.key]
        if step.visible_when and state["status"] in ("hidden", "available"):
            now = now or context_of(change.after)
            status = "available" if step.visible_when.evaluate(now) else "hidden"
            values[f"steps.{step.key}"] = {**state, "status": status}
    return change.put("steps", values, "The conditions of the steps.", automatic=True) if values else change


def _move(change: CaseChange, template: Template, changed: frozenset[str]) -> CaseChange:
    candidates = [each for each in template.transitions if each[1].watch & changed]
    if not candidates:
        return change
    now = context_of(change.after)
    for status, transition in candidates:
        if not (transition.once and status.key in change.after.fired) and transition.condition.evaluate(now):
            return _fire(change, status, transition, changed)
    return change


def _fire(change: CaseChange, status: Status, transition: Transition, changed: frozenset[str]) -> CaseChange:
    watched = ", ".join(sorted(transition.watch & changed))
    reason = f"{watched} changed, and the condition of “{status.label}” holds."
    values = {"status": status.key, "parent_status": status.parent_status}
    moved = change.put("transition", values, reason, automatic=True)
    if transition.once and moved is not change:
        moved = replace(moved, after=replace(moved.after, fired=(*moved.after.fired, status.key)))
    return moved


def _start_steps(change: CaseChange, template: Template) -> CaseChange:
    for step, condition in _waiting(change.after, template):
        if condition.evaluate(context_of(change.after)) and not _could_start_before(change.before, step, condition):
            change = _start(change, step)
    return change


def _waiting(case: Case, template: Template) -> Iterator[tuple[Step, Condition]]:
    for step in template.steps:
        if step.start_when and case.steps[step.key]["status"] == "available":
            yield step, step.start_when


def _could_start_before(before: Case | None, step: Step, condition: Condition) -> bool:
    """Whether it is no news that the condition holds: then starting the step is left to people."""
    return (
        before is not None
        and before.steps[step.key]["status"] == "available"
        and condition.evaluate(context_of(before))
    )


def _start(change: CaseChange, step: Step) -> CaseChange:
    if is_available_here(step):
        state = started(_ITSELF, change.after.updated_at, {})
        reason = "The step's condition became true."
        return change.put("step_started", {f"steps.{step.key}": state}, reason, automatic=True)
    reason = f"“{step.title}” should start now, but this server cannot start steps of type “{step.type}” yet."
    if any(entry.reason == reason for entry in change.entries):
        return change
    return change.note(Entry("step_not_started", {}, reason, automatic=True))
