"""Starting a step, and saying that it is done."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.case_templates.model import Step
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.steps import completed, is_available_here, started
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, NotFound, Unprocessable
from dossier.foundation.messages import Named
from dossier.foundation.text import did_you_mean, gettext_noop
from dossier.records import check_if_match
from dossier.records.model import IfMatch

_NOT_STARTED = {
    "hidden": gettext_noop("The step “{step}” is hidden; only a started step can be completed."),
    "available": gettext_noop("The step “{step}” is available; only a started step can be completed."),
    "completed": gettext_noop("The step “{step}” is completed; only a started step can be completed."),
}
_BEGUN = {
    "started": gettext_noop("The step “{step}” is started already."),
    "completed": gettext_noop("The step “{step}” is completed already."),
}


async def start_step(
    transaction: Transaction, case_id: UUID, key: str, data: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Start a step by hand, with its data; 404 no such step, 409 started already or not possible yet, 422 hidden."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    step = _step(change.after, key)
    _raise_if_start(change.after, step)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    state = started(transaction.actor, change.after.updated_at, data)
    return await KEEPING.save(transaction, change.put("step_started", {f"steps.{key}": state}))


async def complete_step(
    transaction: Transaction, case_id: UUID, key: str, data: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Say that a started step is done; `data` is merged into what it has."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    step = _step(change.after, key)
    status = change.after.steps[step.key]["status"]
    if status != "started":
        raise Conflict.because(_NOT_STARTED[status], "not_started", step=Named(key, step.title))
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    state = completed(change.after.steps[key], transaction.actor, change.after.updated_at, data)
    return await KEEPING.save(transaction, change.put("step_completed", {f"steps.{key}": state}))


def _step(case: Case, key: str) -> Step:
    steps = case.template.step_by_key if case.template else {}
    if step := steps.get(key):
        return step
    hint = did_you_mean(key, steps)
    raise NotFound.because("The case has no step “{step}”.{hint}", "unknown_step", step=key[:120], hint=hint)


def _raise_if_start(case: Case, step: Step) -> None:
    status, named = case.steps[step.key]["status"], Named(step.key, step.title)
    if status == "hidden":
        raise Unprocessable.because(
            "The step “{step}” is hidden: its condition does not hold.", "step_hidden", step=named
        )
    if status != "available":
        raise Conflict.because(_BEGUN[status], "already_started", step=named)
    if not is_available_here(step):
        raise Conflict.because(
            "Steps of type “{type}” cannot be started by this server yet; “task” and “note” can.",
            "not_available",
            people="The step “{step}” cannot be started by this server yet; tasks and notes can.",
            type=step.type,
            step=named,
        )
