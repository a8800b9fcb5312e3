"""What a rule did not get done is tried again, because somebody says so."""

from uuid import UUID

from dossier.automations import store
from dossier.automations.actions.explaining import explain
from dossier.automations.actions.running import ask
from dossier.automations.model import Doing, Run, Trace
from dossier.case_templates.model import Automation
from dossier.cases import KEEPING
from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.foundation.text import did_you_mean


async def retry(transaction: Transaction, case_id: UUID, key: str) -> Trace:
    """Have the actions of a rule tried again that failed when it last fired; nothing where none did. 404, 409 archived."""
    transaction.actor.require("cases.change")
    case = (await KEEPING.lock(transaction, case_id)).after
    rules = case.template.automation_by_key if case.template else {}
    if key not in rules:
        hint = did_you_mean(key, rules)
        sentence = "The case has no automation “{key}”.{hint}"
        raise NotFound.because(sentence, "unknown_automation", key=key, hint=hint)
    newest = (await store.newest(transaction, case.workspace_id, case.id)).get(key)
    run = await store.get(transaction, case.workspace_id, case.id, key, newest.run) if newest else None
    if run:
        await _ask_again(transaction, run, rules[key])
    return next(each for each in await explain(transaction, case_id) if each.rule.key == key)


async def _ask_again(transaction: Transaction, run: Run, rule: Automation) -> None:
    there = dict(rule.later)
    failed = [each.position for each in run.actions if each.state == "failed" and each.position in there]
    for position in failed:
        run = run.with_action(Doing(position))
    if failed:
        await store.keep(transaction, run)
        await ask(transaction, run, rule)
