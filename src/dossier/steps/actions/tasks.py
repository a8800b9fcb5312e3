"""Tasks of a case's own: made by its template's rules, worked on as any other step."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from dossier.case_templates.model import MakeTask, Wait
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.flow import named_assignee
from dossier.flow.model.planning import later
from dossier.flow.model.states import started
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.letters import Wording, Writing, lacking, line
from dossier.texts import InvalidText, Rendered, one_line


async def make_task(transaction: Transaction, case_id: UUID, key: str, task: MakeTask, origin: str) -> CaseChange:
    """A task that is under way at once, with its texts filled in; nothing where there is one of that key.

    `origin`: where people reach the server, for addresses in texts. 400 for who is no member or a text that cannot be; 404, 409.
    """
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    case = change.after
    if key in case.steps:
        return change
    assignee = await named_assignee(transaction, case, task.assignee) if task.assignee else None
    due_at = later(case, case.updated_at, Wait(task.due, task.working)) if task.due else None
    said, missing = await _said(transaction, case, task, due_at, origin)
    own = {"title": said.title} | ({"body": said.body} if said.body else {})
    data = {"body": said.body} if said.body else {}
    new = {"status": "available", "data": {}, "own": own}
    due = wire_time(due_at) if due_at else None
    state = started(new, transaction.actor, case.updated_at, data, due_at=due, assignee=assignee)
    return await KEEPING.save(transaction, change.put("step_started", {f"steps.{key}": state}, lacking(missing)))


async def _said(
    transaction: Transaction, case: Case, task: MakeTask, due_at: datetime | None, origin: str
) -> tuple[MakeTask, tuple[str, ...]]:
    """The task with what its texts say on this case, and which names had no value; a title of nothing is the case's."""
    about = next((filled.contact for _, filled in case.slots), None)
    writing = Writing(about, due_at=due_at, base_url=origin)

    async def said(text: str) -> Rendered:
        return await line(transaction, case, Wording(body=text), writing)

    try:
        title, body = await said(task.title), await said(task.body or "")
    except InvalidText as refused:
        raise Invalid(refused.problems) from None
    missing = tuple(dict.fromkeys((*title.missing, *body.missing)))
    return replace(task, title=one_line(title.text) or case.title, body=body.text.strip()), missing
