"""Who is to do a step: whoever owns the case, a member by address, or several in turn."""

from collections.abc import Mapping, Sequence
from typing import Any

from dossier import files, members
from dossier.case_templates.model import OWNER, Step
from dossier.cases.actions import owning
from dossier.cases.model import Case, CaseChange
from dossier.cases.store import turns
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid

Assignee = Mapping[str, Any] | None
"""As an owner: id, e-mail address and names."""


async def next_assignee(transaction: Transaction, case: Case, step: Step) -> Assignee:
    """Whose turn it is to do a step of the case; None for nobody, or somebody who works here no more."""
    if not step.assignees:
        return None
    turn = await _turn(transaction, case, step) if len(step.assignees) > 1 else 0
    for place in range(len(step.assignees)):  # who left is passed over
        email = step.assignees[(turn + place) % len(step.assignees)]
        if email == OWNER:
            return case.owner
        try:
            return await named_assignee(transaction, case, email)
        except Invalid:
            continue
    return None


async def _turn(transaction: Transaction, case: Case, step: Step) -> int:
    assert case.template_id
    return await turns.take(transaction, case.workspace_id, case.template_id, f"steps.{step.key}")


async def named_assignee(transaction: Transaction, case: Case, email: str) -> Assignee:
    """The member with that address; 400."""
    if email == OWNER:
        return case.owner
    return (await members.owner(transaction, case.workspace_id, email, "/data/assignee")).document()


async def settle(changes: Sequence[tuple[Transaction, CaseChange]], *at: files.At) -> list[CaseChange | AppError]:
    """What changes newly name is looked up: files, owners, and who is to do the steps that they start by themselves."""
    settled = await owning.settle(changes, *at)
    return [
        await _assigned(transaction, each) if not isinstance(each, AppError) else each
        for (transaction, _), each in zip(changes, settled, strict=True)
    ]


async def _assigned(transaction: Transaction, change: CaseChange) -> CaseChange:
    for step in _unassigned(change):
        if assignee := await next_assignee(transaction, change.after, step):
            state = {**change.after.steps[step.key], "assignee": assignee}
            change = change.put("step_assigned", {f"steps.{step.key}": state}, automatic=True)
    return change


def _unassigned(change: CaseChange) -> list[Step]:
    """The steps that the change has started by itself and that somebody is to do."""
    if not change.changed or change.after.template is None:
        return []
    paths = {path for each in change.entries if each.kind == "step_started" and each.automatic for path in each.changes}
    steps = [step for step in change.after.template.steps if step.assignees and f"steps.{step.key}" in paths]
    return [step for step in steps if "assignee" not in change.after.steps[step.key]]
