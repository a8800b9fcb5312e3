"""What a rule does once its change is kept: noted with it, done by a job, at least once, each action by itself."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from dossier.automations import store
from dossier.automations.actions import doing
from dossier.automations.model import Doing, Run, outcome_of
from dossier.case_templates.model import Automation, CallOut
from dossier.cases import KEEPING
from dossier.cases.events import CaseChanged, CaseCreated
from dossier.cases.model import Case
from dossier.flow.model.rules import REFUSED
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, NotFound
from dossier.foundation.jobs import CALLS, Job
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.records.model import Cause, Entry

BY_ITSELF = 10  # times that a rule acts on a case while nobody else does: what it does may set it off again
_ROUND = Message(
    "The rule went off {count} times and nobody else did anything: it may be what sets itself off. It acts again once somebody does.",
    {"count": BY_ITSELF},
)
RUN = Job("automations.run")
RUN_CALLING = Job("automations.run_calling", CALLS)  # one that calls another system


async def note(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Keep which rules a change set off, and have done what they do afterwards. Nothing where there are none."""
    causes = dict.fromkeys(entry.cause for entry in fact.entries if entry.cause)
    if not causes:
        return
    assert fact.case.template
    runs = [_run(fact.case, fact.entries, cause) for cause in causes]
    await store.insert(transaction, runs)
    for each in runs:
        if each.actions:
            await ask(transaction, each, fact.case.template.automation_by_key[each.rule])


async def ask(transaction: Transaction, run: Run, rule: Automation) -> None:
    """Have what a run still does done, once this is kept."""
    job = RUN_CALLING if any(isinstance(each, CallOut) for each in rule.actions) else RUN
    names = {"workspace": str(run.workspace_id), "case": str(run.case_id), "rule": run.rule, "run": str(run.run)}
    await job.defer(transaction, **names)


def _run(case: Case, entries: Sequence[Entry], cause: Cause) -> Run:
    assert case.template
    rule = case.template.automation_by_key[cause.rule]
    refused = any(entry.kind == REFUSED for entry in entries if entry.cause == cause)
    actions = tuple(Doing(position) for position, _ in rule.later)
    outcome = outcome_of(actions, refused=refused)
    return Run(case.workspace_id, case.id, cause.rule, cause.run, case.updated_at, outcome, actions)


def acting(workspace_id: UUID) -> Actor:
    """Who acts where rules do."""
    return system("automation", Scope((workspace_id,)))


async def run(services: Services, workspace: str, case: str, rule: str, run: str) -> None:
    """Do what is still to be done of a run, in order; what fails does not hold up the rest."""
    actor, again = acting(UUID(workspace)), None
    found = await services.database.write(actor, lambda tx: _to_do(tx, UUID(workspace), UUID(case), rule, int(run)))
    for each in found.actions if found else ():
        if each.state == "waiting":
            again = await _tried(services, actor, found, each.position) or again  # type: ignore[arg-type]
    if again:
        raise again


async def _to_do(transaction: Transaction, workspace_id: UUID, case_id: UUID, rule: str, number: int) -> Run | None:
    """A run as far as it is; what goes round by itself has failed."""
    run = await store.get(transaction, workspace_id, case_id, rule, number)
    if run and await store.goes_round(transaction, run, BY_ITSELF):
        for each in (each for each in run.actions if each.state == "waiting"):
            run = run.with_action(done(transaction, run, each.position, _ROUND))
        await store.keep(transaction, run)
    return run


async def _tried(services: Services, actor: Actor, run: Run, position: int) -> Exception | None:
    """Do one action; what is to be tried again, later."""
    try:
        await _done(services, actor, run, position)
    except doing.TryAgain as refusal:
        return refusal
    return None


async def _done(services: Services, actor: Actor, run: Run, position: int) -> None:
    case, rule = await _case_and_rule(services, actor, run)
    if case is None or rule is None or position not in dict(rule.later):
        await _keep(services, actor, run, position, Message("The case or its rule is not there any more."))
    elif isinstance(action := rule.actions[position], CallOut):
        await doing.call(services, actor, case, run, position, action)
    else:
        try:
            await services.database.write(actor, lambda tx: _in_one(tx, run, position, rule, services.address))
        except AppError as refusal:
            await _keep(services, actor, run, position, refusal.message)


async def _in_one(transaction: Transaction, run: Run, position: int, rule: Automation, origin: str) -> None:
    """Do an action, and note that it is done, together: it is never done twice."""
    await KEEPING.lock(transaction, run.case_id)
    held = await store.get(transaction, run.workspace_id, run.case_id, run.rule, run.run)
    if held and any(each.position == position and each.state == "waiting" for each in held.actions):
        await doing.do(transaction, held, position, dict(rule.later)[position], origin)
        await store.keep(transaction, held.with_action(done(transaction, held, position)))


async def _case_and_rule(services: Services, actor: Actor, run: Run) -> tuple[Case | None, Automation | None]:
    async with services.database.reading(actor.scope) as reading:
        try:
            case = await KEEPING.get(reading, run.case_id)
        except NotFound:
            return None, None
    return case, case.template.automation_by_key.get(run.rule) if case.template else None


async def _keep(services: Services, actor: Actor, run: Run, position: int, error: Message) -> None:
    async def handle(transaction: Transaction) -> None:
        held = await store.get(transaction, run.workspace_id, run.case_id, run.rule, run.run)
        if held:
            await store.keep(transaction, held.with_action(done(transaction, held, position, error)))

    await services.database.write(actor, handle)


def done(transaction: Transaction, run: Run, position: int, error: Message | None = None) -> Doing:
    """An action that is over: done, or failed for good."""
    was = next(each for each in run.actions if each.position == position)
    at = wire_time(transaction.clock())
    return replace(was, state="failed" if error else "done", tries=was.tries + 1, error=error, at=at)
