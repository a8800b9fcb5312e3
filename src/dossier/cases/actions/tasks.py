"""Tasks of a case's own: made by its template's rules, worked on as any other step."""

from uuid import UUID

from dossier.case_templates.model import MakeTask
from dossier.cases.actions.assigning import named_assignee
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CaseChange
from dossier.cases.model.steps import started
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction


async def make_task(transaction: Transaction, case_id: UUID, key: str, task: MakeTask) -> CaseChange:
    """A task that is under way at once; nothing where there is one of that key. 400 for who is no member, 404, 409."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    case = change.after
    if key in case.steps:
        return change
    assignee = await named_assignee(transaction, case, task.assignee) if task.assignee else None
    due_at = wire_time(task.due.after(case.updated_at, case.time_zone)) if task.due else None
    own = {"title": task.title} | ({"body": task.body} if task.body else {})
    new = {"status": "available", "data": {}, "own": own}
    state = started(new, transaction.actor, case.updated_at, {}, due_at=due_at, assignee=assignee)
    return await KEEPING.save(transaction, change.put("step_started", {f"steps.{key}": state}))
