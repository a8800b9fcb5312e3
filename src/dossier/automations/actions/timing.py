"""Rules of time and of messages: when they look at a case is kept beside it, found by an index, and done by jobs."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog

from dossier.automations import store
from dossier.automations.actions.running import acting
from dossier.automations.model import Run, times_of, why_of
from dossier.automations.store import DueRule
from dossier.case_templates.model import Automation, Idle, Near, Told
from dossier.cases import KEEPING
from dossier.cases.events import CaseChanged, CaseCreated
from dossier.cases.model import Case, CaseChange
from dossier.flow.model.rules import carried_out
from dossier.foundation.actor import SERVER
from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.foundation.jobs import Job
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.messages.events import MessageBounced, MessageReceived

log = structlog.get_logger()

CLOCK = Job("automations.clock", cron="* * * * *")
_NEWS = {"bounced": Message("a message bounced"), "received": Message("a message received")}
MESSAGE = Job("automations.message")
AT_ONCE = 100  # rules of a workspace that are looked at before others have their turn
PUT_OFF = timedelta(minutes=10)
FROM_OUTSIDE = frozenset({"message_received"})
"""What the server itself keeps that somebody did: they wrote."""


async def arm(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Keep when rules of time look at the case, where a change moves that. Nothing for templates that have none."""
    case = fact.case
    timed = case.template.timed if case.template else ()
    paths = {path for entry in fact.entries for path in entry.changes}
    was_timed = isinstance(fact, CaseChanged) and fact.before.template is not None and bool(fact.before.template.timed)
    if "template_version" in paths and (timed or was_timed):
        await store.disarm_others(transaction, case.workspace_id, case.id, [rule.key for rule in timed])
    is_new = isinstance(fact, CaseCreated) or not paths.isdisjoint(("template_version", "archived_at"))
    by_somebody = transaction.actor.via != "automation" or any(entry.kind in FROM_OUTSIDE for entry in fact.entries)
    moved = tuple(rule for rule in timed if is_new or _is_moved(rule, paths, by_somebody=by_somebody))
    if moved:
        times = list(times_of(case, moved, case.updated_at))
        await store.arm(transaction, case.workspace_id, case.id, times)


def _is_moved(rule: Automation, paths: Iterable[str], *, by_somebody: bool) -> bool:
    """Whether a change moves when the rule looks. What rules do themselves ends no time in which nobody did anything."""
    if isinstance(rule.trigger, Near):
        return f"data.{rule.trigger.field}" in paths
    return isinstance(rule.trigger, Idle) and by_somebody


async def fire_due(services: Services) -> None:
    """Fire every rule whose time has come."""
    while True:
        async with services.database.reading(SERVER) as reading:
            due = await store.due(reading, services.clock(), AT_ONCE)
        for each in due:
            await _fired(services, each)
        if not due:
            return


async def _fired(services: Services, due: DueRule) -> None:
    actor = acting(due.workspace_id)
    try:
        await services.database.write(actor, lambda tx: _fire(tx, due))
    except Exception as error:  # noqa: BLE001 - one case holds up no other
        log.warning("rule put off", rule=due.rule, case=str(due.case_id), error=type(error).__name__)
        until = services.clock() + PUT_OFF
        await services.database.write(actor, lambda tx: store.put_off(tx, due, until))


async def _fire(transaction: Transaction, due: DueRule) -> None:
    change = await KEEPING.lock(transaction, due.case_id, archived_too=True)
    is_due, value = await store.claim(transaction, due, transaction.clock())
    rule = _rule(change.after, due.rule)
    if is_due and rule:
        await _carry_out(transaction, change, rule, why_of(change.after, rule, value))


async def _carry_out(transaction: Transaction, change: CaseChange, rule: Automation, why: Message) -> None:
    """Fire a rule on a locked case, or note that its condition does not hold."""
    case = change.after
    if case.archived_at:
        return
    if rule.condition is None or rule.condition.evaluate(case.context()):
        await KEEPING.save(transaction, carried_out(change, rule, why))
        return
    at = transaction.clock()
    await store.insert(transaction, [Run(case.workspace_id, case.id, rule.key, case.version, at, "condition_not_met")])


def _rule(case: Case, key: str) -> Automation | None:
    rule = case.template.automation_by_key.get(key) if case.template else None
    return rule if rule and rule.enabled else None


# ---- messages ----


async def hear(transaction: Transaction, fact: MessageBounced | MessageReceived) -> None:
    """Have the rules looked at that a message of a case may set off."""
    message = fact.message
    if message.case_id:
        news = "bounced" if isinstance(fact, MessageBounced) else "received"
        names = {"workspace": str(message.workspace_id), "case": str(message.case_id)}
        await MESSAGE.defer(transaction, **names, message=str(message.id), news=news)


async def fire_for_message(services: Services, workspace: str, case: str, message: str, news: str) -> None:
    """Fire the rules of a case that a message sets off, each once for it."""
    workspace_id, case_id = UUID(workspace), UUID(case)

    async def handle(transaction: Transaction) -> None:
        change = await KEEPING.lock(transaction, case_id, archived_too=True)
        for rule in change.after.template.automations if change.after.template else ():
            if rule.enabled and rule.trigger == Told(news):  # type: ignore[arg-type]
                due = DueRule(workspace_id, case_id, rule.key)
                if await store.claim_once(transaction, due, f"{news}:{message}"):
                    await _carry_out(
                        transaction,
                        await KEEPING.lock(transaction, case_id, archived_too=True),
                        rule,
                        _NEWS[news],
                    )

    try:
        await services.database.write(acting(workspace_id), handle)
    except NotFound:
        return
