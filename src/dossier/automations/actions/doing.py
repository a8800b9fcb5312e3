"""What each action does that comes after the change: a step started or called off, somebody told, a task made, another system called."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier.automations import store
from dossier.automations.actions import calling
from dossier.automations.actions.telling import tell
from dossier.automations.model import TRIES, Run
from dossier.case_templates.model import CallOut, CancelStep, Later, MakeTask, StartStep, Tell
from dossier.cases import KEEPING
from dossier.cases.model import Case
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.pages.language import LANGUAGES, language
from dossier.foundation.services import Services
from dossier.letters import case_url
from dossier.letters.model import Occasion, reader_language, text_values
from dossier.steps import make_task, set_step, start_by_rule


class TryAgain(Exception):
    """It could not be done now; the job that raises this runs again, later each time."""


async def do(transaction: Transaction, run: Run, position: int, action: Later, origin: str) -> None:
    """Do an action in the transaction that notes it; what refuses it is said. The case is locked. `origin`: where people reach the server."""
    match action:
        case StartStep(step):
            await start_by_rule(transaction, run.case_id, step, origin)
        case CancelStep(step):
            await set_step(transaction, run.case_id, step, "cancelled", {})
        case Tell():
            await tell(transaction, await KEEPING.lock(transaction, run.case_id), action, origin)
        case MakeTask():
            await make_task(transaction, run.case_id, f"task-{run.action_id(position).hex[:12]}", action, origin)
        case CallOut():
            raise AssertionError


def values_of(case: Case, origin: str) -> dict[str, Any]:
    """What texts of calls may name, in the case's language. `origin`: where people reach the server."""
    short = reader_language(case, "en").partition("-")[0].lower()
    return text_values(case, language(short if short in LANGUAGES else "en"), Occasion(case_url=case_url(case, origin)))


async def call(services: Services, actor: Actor, case: Case, run: Run, position: int, action: CallOut) -> None:
    """Call another system, and note what came of it; TryAgain where it may go better later."""
    asked = calling.Asked(action.call, action.body, run.action_id(position))
    answer = await calling.ask(services, actor, case, asked, values_of(case, services.address))

    async def handle(transaction: Transaction) -> bool:
        held = await store.get(transaction, run.workspace_id, run.case_id, run.rule, run.run)
        was = next((each for each in held.actions if each.position == position), None) if held else None
        if held is None or was is None or was.state != "waiting":
            return False
        goes_on = answer.error is not None and answer.temporary and was.tries + 1 < TRIES
        now = wire_time(transaction.clock())
        state = "waiting" if goes_on else "failed" if answer.error else "done"
        noted = replace(was, state=state, tries=was.tries + 1, error=answer.error, at=now)  # type: ignore[arg-type]
        await store.keep(transaction, held.with_action(noted))
        return goes_on

    if answer.error is None:
        answer = await calling.saved(services, actor, case.id, answer)
    if await services.database.write(actor, handle):
        message = f"the action {run.action_id(position)} of {UUID(str(case.id))}"
        raise TryAgain(message)
