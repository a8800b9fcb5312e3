"""Why each rule did, or did not: worked out of the history when somebody asks, so that nothing is kept for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossier import records
from dossier.automations import store
from dossier.automations.model import Reason, Run, Trace, Why
from dossier.case_templates.model import Automation, Changed, Created, Idle, Near, StepBecomes, Told
from dossier.cases import KEEPING
from dossier.cases.model import CASE_RECORD, Case
from dossier.conditions.explaining import explained
from dossier.flow.model.rules import watchable
from dossier.foundation.database import ReadSession
from dossier.foundation.lists import Page
from dossier.records.model import HistoryEntry

LOOKED_AT = 200  # entries of a history that are looked at


@dataclass(frozen=True, slots=True)
class Moment:
    """A change with all its entries: the case before it (None: there was none) and after it."""

    version: int
    paths: frozenset[str]
    entries: Sequence[HistoryEntry]
    before: Case | None
    after: Case


async def explain(reading: ReadSession, case_id: UUID) -> list[Trace]:
    """For each rule of the case's template: what it did last, or why it did nothing. 404."""
    case = await KEEPING.get(reading, case_id)
    rules = case.template.automations if case.template else ()
    if not rules:
        return []
    runs = await store.newest(reading, case.workspace_id, case.id)
    due = await store.due_times(reading, case.workspace_id, case.id)
    _, entries = await records.history_page(reading, CASE_RECORD, case, Page(1, LOOKED_AT))
    moments = list(_moments(case, entries))
    return [_trace(rule, case, runs.get(rule.key), due.get(rule.key), moments) for rule in rules]


def _moments(case: Case, entries: Sequence[HistoryEntry]) -> list[Moment]:
    """The changes, the newest first, each with the case as it was then."""
    found: list[Moment] = []
    after, place = case, 0
    while place < len(entries):
        together = [each for each in entries[place:] if each.at == entries[place].at]
        before = after
        for each in together:
            old = {path: change["old"] for path, change in each.changes.items()}
            before = CASE_RECORD.put_all(before, old, each.version - 1) if each.kind != "created" else before
        is_first = any(each.kind == "created" for each in together)
        paths = frozenset(path for each in together for path in each.changes)
        found.append(Moment(together[0].version, watchable(paths), together, None if is_first else before, after))
        after, place = before, place + len(together)
    return found


def _trace(rule: Automation, case: Case, run: Run | None, due_at: datetime | None, moments: Sequence[Moment]) -> Trace:
    looked = next((each for each in moments if _looks(rule, each)), None)
    newer = looked and (run is None or looked.version > _end(run, moments))
    if not rule.enabled:
        return Trace(rule, "switched_off", why_now(rule, case), run, run.run if run else None, due_at)
    if looked and newer:
        outcome, why = decided(rule, looked)
        return Trace(rule, outcome, why, run, looked.version, due_at)
    if run:
        return Trace(rule, run.outcome, _why_then(rule, run, case, moments), run, run.run, due_at)
    return Trace(rule, "not_set_off", why_now(rule, case), None, None, due_at)


def _looks(rule: Automation, moment: Moment) -> bool:
    """Whether a change was one that could set the rule off."""
    match rule.trigger:
        case Changed(watch):
            return bool(watch & moment.paths)
        case Created():
            return moment.before is None
        case StepBecomes(step):
            return f"steps.{step}" in moment.paths
    return False


def _end(run: Run, moments: Sequence[Moment]) -> int:
    """The last version of the change in which a rule ran."""
    of_run = (each.version for each in moments if each.version - len(each.entries) < run.run <= each.version)
    return next(of_run, run.run)


def decided(rule: Automation, moment: Moment) -> tuple[str, Why]:
    """Why a rule did not fire with a change that could set it off."""
    why = [_set_off(rule, moment), *why_now(rule, moment.after)]
    if isinstance(rule.trigger, StepBecomes) and not why[0].held:
        return "not_set_off", why
    if rule.condition and not rule.condition.evaluate(moment.after.context()):
        return "condition_not_met", why
    if rule.condition and moment.before and isinstance(rule.trigger, Changed):
        held = rule.condition.evaluate(moment.before.context())
        return "held_before", [*why, Reason("it did not hold before", not held, kind="before")]
    return "not_set_off", why


def _set_off(rule: Automation, moment: Moment) -> Reason:
    match rule.trigger:
        case Changed(watch):
            changed, about = sorted(watch & moment.paths), tuple(sorted(watch))
            return Reason("change " + ", ".join(about), bool(changed), changed, "change", about)
        case StepBecomes(step, status):
            became = (moment.after.steps.get(step) or {}).get("status")
            return Reason(f"step {step} is {status}", became == status, became, "step", (step,), status)
    return Reason("created", moment.before is None, kind="created")


def _why_then(rule: Automation, run: Run, case: Case, moments: Sequence[Moment]) -> Why:
    """Why it fired: its condition on the case as it was just before."""
    moment = next((each for each in moments if each.version - len(each.entries) < run.run <= each.version), None)
    if moment is None:
        return why_now(rule, case)
    then = moment.after
    for entry in moment.entries:
        if entry.version >= run.run and entry.kind != "created":
            then = CASE_RECORD.put_all(then, {path: each["old"] for path, each in entry.changes.items()}, entry.version)
    first = [_set_off(rule, moment)] if isinstance(rule.trigger, Changed | Created | StepBecomes) else []
    return [*first, *why_now(rule, then)]


def why_now(rule: Automation, case: Case) -> Why:
    """The parts of its condition on a case as it stands."""
    if rule.condition is None:
        return []
    parts = explained(rule.condition, case.context())
    return [Reason(each.part, each.held, each.value, asked=each) for each in parts]


def trigger_named(rule: Automation) -> str:
    """What sets a rule off, by the member of the document that says it."""
    names = {Changed: "change", Created: "created", StepBecomes: "step", Near: "date", Idle: "idle", Told: "message"}
    return names[type(rule.trigger)]
