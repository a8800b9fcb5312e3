"""What a step is for, done when it starts: a note is written down; a task, or a call, waits for whoever does it."""

from dossier.case_templates.model import Step
from dossier.cases.model import CaseChange
from dossier.cases.model.steps import completed
from dossier.foundation.database import Transaction


async def do(transaction: Transaction, change: CaseChange, step: Step) -> CaseChange:
    """The change with what the step that it starts is for; 409 where that cannot be."""
    if step.type == "note":
        return _written(transaction, change, step)
    return change


def _written(transaction: Transaction, change: CaseChange, step: Step) -> CaseChange:
    """A note that says something is done; another one waits for who writes it."""
    state = change.after.steps[step.key]
    text = state["data"].get("body") or state["data"].get("note") or step.sending.body
    if not text:
        return change
    done = completed(state, transaction.actor, change.after.updated_at, {"body": text})
    return change.put("step_completed", {f"steps.{step.key}": done})
