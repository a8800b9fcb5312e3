"""What the rules of a template would do to a case: worked out in memory, on a connection that cannot write."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dossier import case_templates as templates
from dossier import members
from dossier.automations.actions.explaining import Moment, decided, why_now
from dossier.automations.model import Trace, named
from dossier.case_templates.model import Changed, Created, StepBecomes, Template, parse
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.fields import check_values
from dossier.flow import next_turn
from dossier.flow.model.computing import recomputed
from dossier.flow.model.rounds import apply_transitions
from dossier.flow.model.rules import REFUSED, watchable
from dossier.foundation.actor import Actor
from dossier.foundation.clock import Clock, today
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid, NotFound
from dossier.records.model import Cause, Changes, ChangeSet, next_moment


@dataclass(frozen=True, slots=True)
class Trial:
    """What would happen: of each rule whether it fires and why; what would change; `later`: rule → actions done afterwards; the `case` as it would be."""

    traces: list[Trace]
    changes: Changes
    later: Mapping[str, list[dict[str, Any]]]
    case: Case


async def attempt(
    reading: ReadSession,
    actor: Actor,
    clock: Clock,
    template_id: UUID,
    case_id: UUID,
    data: Mapping[str, Any] | None,
    document: Mapping[str, Any] | None,
) -> Trial:
    """The case with that data under the rules of the document (None: as published). 400, 403, 404; nothing happens."""
    actor.require("templates.design")
    template = parse(document) if document is not None else await _published(reading, template_id)
    case = _under(await _case(reading, case_id), template)
    case = replace(case, updated_at=next_moment(case, clock()))
    before = ChangeSet(KEEPING.record, case, case)
    change = before
    if data:
        change = change.put("data", check_values(case, case.unknown_fields, data, today(clock(), case.time_zone)))
    if change.changed:
        change = apply_transitions(recomputed(change))
    return await _trial(reading, change, template, template_id)


async def _published(reading: ReadSession, template_id: UUID) -> Template:
    version = await templates.get(reading, template_id)
    if version is None:
        raise NotFound.because("There is no case template {id}.", id=template_id)
    return version.template


async def _case(reading: ReadSession, case_id: UUID) -> Case:
    try:
        return await KEEPING.get(reading, case_id)
    except NotFound:
        raise Invalid.because("There is no case {id}.", "unknown_case", pointer="/case", id=case_id) from None


def _under(case: Case, template: Template) -> Case:
    """The case as it would be under that template, its values as they are."""
    steps = {step.key: case.steps.get(step.key, step.first) for step in template.steps}
    status = case.status if case.status in template.status_by_key else "draft"
    return replace(case, template=template, steps=steps, status=status)


async def _trial(reading: ReadSession, change: CaseChange, template: Template, template_id: UUID) -> Trial:
    assert change.before
    fired = {entry.cause.rule: entry.cause for entry in change.entries if entry.cause}
    moment = Moment(0, watchable(change.changed_paths()), (), change.before, change.after)
    traces = [_trace(change, template, key, fired.get(key), moment) for key in template.automation_by_key]
    changes = {
        path: {"old": KEEPING.record.get(change.before, path), "new": KEEPING.record.get(change.after, path)}
        for path in sorted(change.changed_paths())
    }
    if "owner" in changes:
        changes["owner"] = {"old": change.before.owner, "new": await _owner(reading, change, template_id)}
    later = {key: [named(action) for _, action in template.automation_by_key[key].later] for key in fired}
    return Trial(traces, changes, later, change.after)  # type: ignore[arg-type]


def _trace(change: CaseChange, template: Template, key: str, cause: Cause | None, moment: Moment) -> Trace:
    rule = template.automation_by_key[key]
    if cause:
        refused = any(entry.kind == REFUSED and entry.cause == cause for entry in change.entries)
        return Trace(rule, "refused" if refused else "fires", why_now(rule, change.after))
    if not rule.enabled:
        return Trace(rule, "switched_off", why_now(rule, change.after))
    if isinstance(rule.trigger, Changed) and not rule.trigger.watch & moment.paths:
        return Trace(rule, "not_set_off", why_now(rule, change.after))
    if isinstance(rule.trigger, Changed):
        return Trace(rule, *decided(rule, moment))
    if isinstance(rule.trigger, Created | StepBecomes):
        return Trace(rule, "not_set_off", why_now(rule, change.after))
    held = all(each.held for each in why_now(rule, change.after)) if rule.condition else True
    return Trace(rule, "waits" if held else "condition_not_met", why_now(rule, change.after))


async def _owner(reading: ReadSession, change: CaseChange, template_id: UUID) -> Mapping[str, Any] | None:
    """Who would have the case: whose turn comes is looked at, and not taken."""
    asked = change.after.owner or {}
    entry = next(each for each in reversed(change.entries) if "owner" in each.changes)
    emails = asked.get("in_turn") or [asked.get("email")]
    if entry.cause and asked.get("in_turn"):
        turn = await next_turn(reading, change.after.workspace_id, template_id, entry.cause.rule) % len(emails)
        emails = [*emails[turn:], *emails[:turn]]
    for email in filter(None, emails):
        if await members.is_member(reading, change.after.workspace_id, email):
            return {"email": email}
    return change.before.owner if change.before else None
