"""Webhooks that take nothing any more: administrators are told, and a day later nothing is sent. What is old is forgotten."""

from datetime import datetime

from dossier.foundation.database import Transaction
from dossier.webhooks.actions.telling import Act, tell
from dossier.webhooks.model.deliveries import DISABLED_AFTER, KEPT, WARNED_AFTER
from dossier.webhooks.model.subscriptions import Webhook
from dossier.webhooks.store import deliveries, form_deliveries
from dossier.webhooks.store import subscriptions as store


async def look_after(transaction: Transaction) -> None:
    """Tell of those that have failed for two days, and switch off those for three, in which nothing was taken."""
    transaction.actor.require("server.operate")
    await deliveries.lock(transaction)
    now = transaction.clock()
    for webhook in await store.failing(transaction, now - WARNED_AFTER):
        workspace, act = webhook.workspace_id, _due(webhook, now)
        if act == "webhook.disabled":
            await deliveries.disable(transaction, workspace, [webhook.id], "failing")
        elif act == "webhook.failing":
            await store.warned(transaction, webhook)
        if act:
            await tell(transaction, workspace, webhook.id, webhook.wanted.url, act, "failing")


def _due(webhook: Webhook, now: datetime) -> Act | None:
    """What is to be done with one that takes nothing, now: it is told, and nobody who was told has less than a day."""
    if webhook.warned_at is None:
        return "webhook.failing"
    assert webhook.failing_since
    since = max(webhook.failing_since + WARNED_AFTER, webhook.warned_at)
    return "webhook.disabled" if since <= now - (DISABLED_AFTER - WARNED_AFTER) else None


async def forget(transaction: Transaction) -> None:
    """Forget what is older than thirty days."""
    transaction.actor.require("server.operate")
    await deliveries.forget(transaction, transaction.clock() - KEPT)
    await form_deliveries.forget(transaction, transaction.clock(), KEPT)
