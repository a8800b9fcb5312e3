"""Webhooks that take nothing any more: administrators are told, and a day later nothing is sent. What is old is forgotten."""

from dossier import audit
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.webhooks.model.deliveries import DISABLED_AFTER, KEPT, WARNED_AFTER
from dossier.webhooks.store import deliveries
from dossier.webhooks.store import subscriptions as store


async def look_after(transaction: Transaction) -> None:
    """Tell of those that have failed for two days, and switch off those for three, in which nothing was taken."""
    transaction.actor.require("server.operate")
    now = transaction.clock()
    for webhook in await store.failing(transaction, now - WARNED_AFTER):
        workspace, actor = webhook.workspace_id, system(scope=Scope((webhook.workspace_id,)))
        assert webhook.failing_since
        if webhook.failing_since <= now - DISABLED_AFTER and webhook.warned_at:
            await deliveries.lock(transaction)
            await deliveries.disable(transaction, workspace, [webhook.id], "failing")
            act = "webhook.disabled"
        elif webhook.warned_at is None:
            await store.warned(transaction, webhook)
            act = "webhook.failing"
        else:
            continue
        await audit.record(transaction, act, webhook.id, workspace_id=workspace, actor=actor, reason="failing")


async def forget(transaction: Transaction) -> None:
    """Forget what is older than thirty days."""
    transaction.actor.require("server.operate")
    await deliveries.forget(transaction, transaction.clock() - KEPT)
