"""Starting a step, and saying that it is done."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.case_templates.model import Step
from dossier.cases.actions.keep import keep, opened
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.steps import completed, is_available_here, started
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, NotFound, Unprocessable
from dossier.foundation.text import nearest
from dossier.records import check_if_match
from dossier.records.model import IfMatch


async def start_step(
    transaction: Transaction, case_id: UUID, key: str, data: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Start a step by hand, with its data; 404 no such step, 409 started already or not possible yet, 422 hidden."""
    change = await opened(transaction, case_id)
    step = _step(change.after, key)
    _refuse_start(change.after, step)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    state = started(transaction.actor, change.after.updated_at, data)
    return await keep(transaction, change.put("step_started", {f"steps.{key}": state}))


async def complete_step(
    transaction: Transaction, case_id: UUID, key: str, data: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Say that a started step is done; `data` is merged into what it has."""
    change = await opened(transaction, case_id)
    step = _step(change.after, key)
    status = change.after.steps[step.key]["status"]
    if status != "started":
        raise Conflict.because(f"The step “{key}” is {status}; only a started step can be completed.", "not_started")
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    state = completed(change.after.steps[key], transaction.actor, change.after.updated_at, data)
    return await keep(transaction, change.put("step_completed", {f"steps.{key}": state}))


def _step(case: Case, key: str) -> Step:
    steps = case.template.step_by_key if case.template else {}
    if step := steps.get(key):
        return step
    guess = nearest(key, steps)
    hint = f" Did you mean “{guess}”?" if guess else ""
    raise NotFound.because(f"The case has no step “{key[:120]}”.{hint}", "unknown_step")


def _refuse_start(case: Case, step: Step) -> None:
    status = case.steps[step.key]["status"]
    if status == "hidden":
        raise Unprocessable.because(f"The step “{step.key}” is hidden: its condition does not hold.", "step_hidden")
    if status != "available":
        raise Conflict.because(f"The step “{step.key}” is {status} already.", "already_started")
    if not is_available_here(step):
        detail = f"Steps of type “{step.type}” cannot be started by this server yet; “task” and “note” can."
        raise Conflict.because(detail, "not_available")
