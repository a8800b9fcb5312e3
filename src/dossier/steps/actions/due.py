"""Doing what is due with the steps of cases: found in a table, decided by the case itself, so that doing it twice does it once."""

from datetime import timedelta
from uuid import UUID

import structlog

from dossier import forms
from dossier.case_templates.model import Step
from dossier.cases import KEEPING
from dossier.cases.events import CaseChanged, CaseCreated
from dossier.cases.model import Case, CaseChange
from dossier.flow import next_assignee
from dossier.flow.model.planning import Planned, due_at, may_start, plan
from dossier.flow.model.rounds import ITSELF
from dossier.flow.model.states import cancelled, started
from dossier.foundation.actor import SERVER, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.jobs import Job
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.steps import store
from dossier.steps.actions.doing import Starting, begin_by_itself
from dossier.steps.actions.reminding import remind
from dossier.steps.store import Due

log = structlog.get_logger()

DO_STEPS = Job("cases.do_steps")  # workspace, case
DO_DUE_STEPS = Job("cases.do_due_steps", cron="* * * * *")
AT_ONCE = 100
MAX_WAIT = 60  # minutes between two tries


async def replan(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """What is to be done with the steps of a case from now on; what is due already is done once this is kept."""
    before = fact.before if isinstance(fact, CaseChanged) else None
    if before and not _concerns(before, fact.case):
        return
    planned = plan(fact.case)
    if set(planned) == set(plan(before) if before else ()):
        return
    await store.put(transaction, fact.case, planned)
    if any(each.at <= fact.case.updated_at for each in planned):
        await DO_STEPS.defer(transaction, workspace=str(fact.case.workspace_id), case=str(fact.case.id))


def _concerns(before: Case, case: Case) -> bool:
    """Whether a change can have changed what is to be done."""
    return (
        before.steps is not case.steps or before.archived_at != case.archived_at or before.template is not case.template
    )


async def do_case(services: Services, *, workspace: str, case: str) -> None:
    """Do what is due with the steps of a case."""
    await _do(services, Due(UUID(workspace), UUID(case), 0))


async def do_all(services: Services) -> None:
    """Do everything that is due; what fails is tried again later, and keeps nothing else waiting."""
    while True:
        async with services.database.reading(SERVER) as reading:
            found = await store.due(reading, services.clock(), AT_ONCE)
        for each in found:
            await _try(services, each)
        if len(found) < AT_ONCE:
            return


async def _try(services: Services, due: Due) -> None:
    try:
        await _do(services, due)
    except Exception as error:  # noqa: BLE001 - of one case, whatever it is; the others are done
        log.warning("step not done", case=str(due.case_id), error=type(error).__name__, tries=due.tries + 1)
        now = services.clock()
        until = now + timedelta(minutes=min(2**due.tries, MAX_WAIT))
        scope = Scope((due.workspace_id,))
        await services.database.write(system(scope=scope), lambda tx: store.put_off(tx, due, now, until))


async def _do(services: Services, due: Due) -> None:
    actor = system("automation", Scope((due.workspace_id,)))
    await services.database.write(actor, lambda tx: _do_case(tx, due, forms.Origin.of(services)))


async def _do_case(transaction: Transaction, due: Due, origin: forms.Origin) -> None:
    change = await KEEPING.lock(transaction, due.case_id, archived_too=True)
    planned = plan(change.after)
    for each in planned:
        if each.at <= transaction.clock() and change.after.template:
            change = await _done(transaction, change, change.after.template.step_by_key[each.step], each, origin)
    if change.changed:
        await KEEPING.save(transaction, change)
    await store.put(
        transaction, change.after, plan(change.after)
    )  # whatever stood there, as after a setting was changed


async def _done(
    transaction: Transaction, change: CaseChange, step: Step, planned: Planned, origin: forms.Origin
) -> CaseChange:
    match planned.what:
        case "start":
            return await _start(transaction, change, step, origin.base_url)
        case "do":
            state = change.after.steps[step.key]
            return await begin_by_itself(
                transaction, change, step, state, Starting("step_done", origin=origin.base_url)
            )
        case "remind":
            return await remind(transaction, change, step, origin)


async def _start(transaction: Transaction, change: CaseChange, step: Step, origin: str) -> CaseChange:
    """Its time has come; but what started it by itself must hold still."""
    case, state, path = change.after, change.after.steps[step.key], f"steps.{step.key}"
    by_itself = state["scheduled_by"]["type"] == ITSELF.type and "by_rule" not in state
    if by_itself and not may_start(case, step):
        reason = Message("What starts the step by itself holds no more.")
        return change.put("step_cancelled", {path: cancelled(state, ITSELF, case.updated_at)}, reason)
    given = state["data"].get("due_at")
    begun = started(
        state,
        transaction.actor,
        case.updated_at,
        due_at=given or due_at(case, step, case.updated_at),
        assignee=await next_assignee(transaction, case, step),
    )
    starting = Starting(reason=Message("Its time has come."), origin=origin)
    return await begin_by_itself(transaction, change, step, begun, starting)
