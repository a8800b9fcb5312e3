"""How a change is carried on (contract section 5): rounds of steps shown, one transition, rules, steps started."""

from dataclasses import replace

from dossier.case_templates.model import Status, Step, Template, Transition
from dossier.flow.model.following import F, Following
from dossier.flow.model.planning import due_at, may_start, start_by_itself
from dossier.flow.model.rules import Looked, fire, parts_of, watchable
from dossier.flow.model.states import again, cancelled, hidden, is_available_here, scheduled, shown, started
from dossier.foundation.actor import system
from dossier.foundation.messages import Message
from dossier.records.model import ChangeSet, Entry

MAX_ROUNDS = 10
_WHY = Message("The step's condition became true.")

ITSELF = system("automation")


def apply_transitions(change: ChangeSet[F]) -> ChangeSet[F]:
    """The change with everything that follows from it; after ten rounds it stops, and says so in the history."""
    template = change.after.template
    if template is None:
        return change
    if template.is_automatic:
        change, looked = _rounds(change, template, 0, Looked(change.before))
        over = len(change.entries)
        change = _begin_again(change, template)
        change = _rounds(change, template, over, looked)[0] if len(change.entries) > over else change
    return _call_off(_due_anew(change, template))


def _rounds(change: ChangeSet[F], template: Template, seen: int, looked: Looked[F]) -> tuple[ChangeSet[F], Looked[F]]:
    for _ in range(MAX_ROUNDS):
        changed, seen = _watchable(change, seen), len(change.entries)
        change, looked = _round(change, template, changed, looked)
        if len(change.entries) == seen:
            return change, looked
    if len(_round(change, template, _watchable(change, seen), looked)[0].entries) == len(change.entries):
        return change, looked
    reason = Message(
        "Automatic changes were stopped after {count} rounds; the template's conditions chase each other.",
        {"count": MAX_ROUNDS},
    )
    return change.note(Entry("transitions_stopped", {}, reason, automatic=True)), looked


def _round(
    change: ChangeSet[F], template: Template, changed: frozenset[str], looked: Looked[F]
) -> tuple[ChangeSet[F], Looked[F]]:
    change = _show_steps(change, template)
    change = _move(change, template, changed)
    change, looked = fire(change, template, looked)
    return _start_steps(change, template), looked


def _watchable(change: ChangeSet[F], since: int) -> frozenset[str]:
    return watchable(change.changed_paths(since))


def _show_steps(change: ChangeSet[F], template: Template) -> ChangeSet[F]:
    now = None
    values = {}
    for step in template.steps:
        state = change.after.steps[step.key]
        if step.visible_when and state["status"] in ("hidden", "available"):
            now = now or change.after.context()
            becomes = "available" if step.visible_when.evaluate(now) else "hidden"
            if becomes != state["status"]:
                values[f"steps.{step.key}"] = shown(state) if becomes == "available" else hidden(state)
    return change.put_by_itself("steps", values, Message("The conditions of the steps."))


def _move(change: ChangeSet[F], template: Template, changed: frozenset[str]) -> ChangeSet[F]:
    candidates = [each for each in template.transitions if each[1].watch & changed]
    if not candidates:
        return change
    now = change.after.context()
    for status, transition in candidates:
        if not (transition.once and status.key in change.after.fired) and transition.condition.evaluate(now):
            return _fire(change, status, transition, changed)
    return change


def _fire(change: ChangeSet[F], status: Status, transition: Transition, changed: frozenset[str]) -> ChangeSet[F]:
    reason = Message(
        "{parts} changed, and the condition of “{status}” holds.",
        {"parts": parts_of(change, transition.watch & changed), "status": status.label},
    )
    values = {"status": status.key, "parent_status": status.parent_status}
    moved = change.put_by_itself("transition", values, reason)
    if transition.once and moved is not change:
        moved = replace(moved, after=replace(moved.after, fired=(*moved.after.fired, status.key)))  # type: ignore[type-var]
    return moved


def _start_steps(change: ChangeSet[F], template: Template) -> ChangeSet[F]:
    for step in template.steps:
        waits = step.starts_by_itself and change.after.steps[step.key]["status"] == "available"
        if waits and may_start(change.after, step) and not _could_start_before(change.before, step):
            change = _start(change, step)
    return change


def _could_start_before(before: Following | None, step: Step) -> bool:
    """Whether it is no news that it may start: then starting the step is left to people."""
    if before is None or before.steps.get(step.key, _HIDDEN)["status"] == "hidden":
        return False
    return may_start(before, step)


_HIDDEN = {"status": "hidden"}


def _start(change: ChangeSet[F], step: Step) -> ChangeSet[F]:
    if not is_available_here(step):
        reason = Message(
            "“{step}” should start now, but this server cannot start steps of type “{type}” yet.",
            {"step": step.title, "type": step.type},
        )
        said = any(entry.reason == reason for entry in change.entries)
        return change if said else change.note(Entry("step_not_started", {}, reason, automatic=True))
    thing, moment = change.after, change.after.updated_at
    at = start_by_itself(thing, step, moment)
    if at > moment:
        state = scheduled(thing.steps[step.key], ITSELF, at)
        return change.put_by_itself("step_scheduled", {f"steps.{step.key}": state}, _WHY)
    state = started(thing.steps[step.key], ITSELF, moment, due_at=due_at(thing, step, moment))
    return change.put_by_itself("step_started", {f"steps.{step.key}": state}, _WHY)


def _begin_again(change: ChangeSet[F], template: Template) -> ChangeSet[F]:
    """Repeatable steps that are done can be done again at once."""
    done = {
        f"steps.{step.key}": again(state)
        for step in template.steps
        if step.repeatable and (state := change.after.steps[step.key])["status"] == "completed"
    }
    return change.put_by_itself("step_available", done, Message("It can be done again."))


def _due_anew(change: ChangeSet[F], template: Template) -> ChangeSet[F]:
    """Steps under way are due by the day that their field says now, but where somebody said until when."""
    dated = [step for step in template.steps if step.due and step.due.of]
    paths = change.changed_paths() if dated else frozenset[str]()
    values = {}
    for step in dated:
        state = change.after.steps[step.key]
        follows = step.due and f"data.{step.due.of}" in paths and "due_at" not in state["data"]
        if follows and state["status"] == "started":
            until = due_at(change.after, step, change.after.updated_at)
            if until != state.get("due_at"):
                values[f"steps.{step.key}"] = {
                    name: each for name, each in (state | {"due_at": until}).items() if each is not None
                }
    return change.put_by_itself("step_due", values, Message("The day that it goes by has changed."))


def _call_off(change: ChangeSet[F]) -> ChangeSet[F]:
    """What is put away does nothing by itself: what would have started is called off."""
    thing = change.after
    if thing.archived_at is None or (change.before and change.before.archived_at):
        return change
    waiting = {key: state for key, state in thing.steps.items() if state["status"] == "scheduled"}
    values = {f"steps.{key}": cancelled(state, ITSELF, thing.updated_at) for key, state in waiting.items()}
    return change.put_by_itself("step_cancelled", values, Message("The case was archived."))
