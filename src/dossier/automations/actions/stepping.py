"""Steps of type `http`: their call is made once it is kept that they are started, and moves them on."""

from datetime import timedelta
from uuid import UUID, uuid5

from dossier.automations.actions.calling import Answer, Asked, ask, saved
from dossier.automations.actions.doing import TryAgain, values_of
from dossier.automations.actions.running import acting
from dossier.cases import KEEPING
from dossier.cases.events import CaseChanged, CaseCreated
from dossier.cases.model import Case
from dossier.foundation import exact
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.foundation.jobs import CALLS, Job
from dossier.foundation.services import Services
from dossier.steps import fail_step, finish_step

CALL = Job("automations.call_step", CALLS)
GIVEN_UP = timedelta(minutes=15)  # after the start of the step: sooner than its job gives up, which nobody would see


async def note(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Have the calls made of the steps that a change started."""
    case = fact.case
    steps = case.template.step_by_key if case.template else {}
    if not steps:
        return
    paths = {path for entry in fact.entries for path in entry.changes if path.startswith("steps.")}
    for key in sorted(path.removeprefix("steps.") for path in paths):
        state = case.steps.get(key) or {}
        if key in steps and steps[key].type == "http" and state.get("status") == "started":
            started = str(state.get("started_at"))
            await CALL.defer(
                transaction, workspace=str(case.workspace_id), case=str(case.id), step=key, started=started
            )


async def call_step(services: Services, workspace: str, case: str, step: str, started: str) -> None:
    """Make the call of a step that is still under way since then: completed by 2xx, failed for good, or tried again."""
    actor, case_id = acting(UUID(workspace)), UUID(case)
    found = await _case(services, actor, case_id)
    state = found.steps.get(step) if found else None
    known = found.template.step_by_key.get(step) if found and found.template else None
    if (
        found is None
        or state is None
        or known is None
        or state["status"] != "started"
        or state.get("started_at") != started
    ):
        return
    asked = Asked(known.call, known.sending.body, uuid5(case_id, f"{step}:{started}"))
    answer = await ask(services, actor, found, asked, values_of(found, services.address))
    if answer.error is None:
        answer = await saved(services, actor, case_id, answer)
    await _moved(
        services, actor, case_id, step, answer, may_wait=services.clock() < exact.local_moment(started) + GIVEN_UP
    )


async def _moved(services: Services, actor: Actor, case_id: UUID, step: str, answer: Answer, *, may_wait: bool) -> None:
    if answer.error is None:
        await services.database.write(actor, lambda tx: finish_step(tx, case_id, step, {"answered": answer.status}))
    elif answer.temporary and may_wait:
        message = f"the call of the step “{step}”"
        raise TryAgain(message)
    else:
        error = answer.error
        await services.database.write(actor, lambda tx: fail_step(tx, case_id, step, error))


async def _case(services: Services, actor: Actor, case_id: UUID) -> Case | None:
    async with services.database.reading(actor.scope) as reading:
        try:
            return await KEEPING.get(reading, case_id)
        except NotFound:
            return None
