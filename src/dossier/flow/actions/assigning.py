"""Who is to do a step: whoever owns the thing, a member by address, or several in turn."""

from collections.abc import Mapping
from typing import Any

from dossier import members
from dossier.case_templates.model import OWNER, Step
from dossier.flow import store
from dossier.flow.model import F, Following
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.records.model import ChangeSet

Assignee = Mapping[str, Any] | None
"""As an owner: id, e-mail address and names."""


async def next_assignee(transaction: Transaction, thing: Following, step: Step) -> Assignee:
    """Whose turn it is to do a step of it; None for nobody, or somebody who works here no more."""
    if not step.assignees:
        return None
    turn = await _turn(transaction, thing, step) if len(step.assignees) > 1 else 0
    for place in range(len(step.assignees)):  # who left is passed over
        email = step.assignees[(turn + place) % len(step.assignees)]
        if email == OWNER:
            return thing.owner
        try:
            return await named_assignee(transaction, thing, email)
        except Invalid:
            continue
    return None


async def _turn(transaction: Transaction, thing: Following, step: Step) -> int:
    assert thing.template_id
    return await store.take(transaction, thing.workspace_id, thing.template_id, f"steps.{step.key}")


async def named_assignee(transaction: Transaction, thing: Following, email: str) -> Assignee:
    """The member with that address; 400."""
    if email == OWNER:
        return thing.owner
    return (await members.owner(transaction, thing.workspace_id, email, "/data/assignee")).document()


async def assign(transaction: Transaction, change: ChangeSet[F]) -> ChangeSet[F]:
    """The change with who is to do the steps that it starts by itself."""
    for step in _unassigned(change):
        if assignee := await next_assignee(transaction, change.after, step):
            state = {**change.after.steps[step.key], "assignee": assignee}
            change = change.put_by_itself("step_assigned", {f"steps.{step.key}": state})
    return change


def _unassigned(change: ChangeSet[F]) -> list[Step]:
    """The steps that the change has started by itself and that somebody is to do."""
    if not change.changed or change.after.template is None:
        return []
    paths = {path for each in change.entries if each.kind == "step_started" and each.automatic for path in each.changes}
    steps = [step for step in change.after.template.steps if step.assignees and f"steps.{step.key}" in paths]
    return [step for step in steps if "assignee" not in change.after.steps[step.key]]
