"""What was sent is sent again, one or many; and a test is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from dossier import audit
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict
from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions.giving_out import test_row
from dossier.webhooks.actions.subscriptions import locked
from dossier.webhooks.model import deliveries as model
from dossier.webhooks.model.deliveries import Delivery
from dossier.webhooks.model.subscriptions import Webhook
from dossier.webhooks.store import deliveries, log

Which = Literal["dead", "any", "not_taken"]


@dataclass(frozen=True, slots=True)
class Range:
    """Deliveries that were given out at a time: `since`, and before `until`. `not_taken`: those given up, and those called off."""

    since: datetime
    until: datetime | None = None
    which: Which = "not_taken"


async def found(reading: ReadSession, webhook_id: UUID, id: UUID) -> Delivery:
    """A delivery with its body; 404."""
    delivery = await log.get(reading, webhook_id, id)
    if delivery is None:
        raise model.no_such(id)
    return delivery


async def replay(transaction: Transaction, webhook_id: UUID, id: UUID) -> Delivery:
    """Have a delivery sent again, with the same body and id; 404, 409 when the webhook is off or its case was erased."""
    webhook = await _on(transaction, webhook_id)
    delivery = await found(transaction, webhook_id, id)
    if delivery.is_erased:
        raise Conflict.because("The case was erased, and with it what was told of it.", "erased")
    await log.again(transaction, delivery)
    await _note(transaction, webhook, 1)
    return await found(transaction, webhook_id, id)


async def replay_range(transaction: Transaction, webhook_id: UUID, range: Range) -> int:
    """Have the deliveries of a time sent again, in their order; how many. 404, 409."""
    webhook = await _on(transaction, webhook_id)
    whose = (webhook.workspace_id, webhook.id)
    number = await log.again_since(transaction, whose, range.since, range.until, range.which)
    await deliveries.promote_all(transaction, *whose)
    await _note(transaction, webhook, number)
    return number


async def send_test(transaction: Transaction, webhook_id: UUID) -> Delivery:
    """Send a `webhook.test`; 404, 409 when the webhook is off."""
    webhook = await _on(transaction, webhook_id)
    id, now = new_id(), transaction.clock()
    workspace = {"id": str(webhook.workspace_id), "slug": webhook.workspace_slug}
    row = test_row(webhook, now, id, model.test_body(id, now, workspace, webhook.id), model.TEST)
    await deliveries.insert(transaction, [row])
    return await found(transaction, webhook_id, row["id"])


async def _on(transaction: Transaction, webhook_id: UUID) -> Webhook:
    transaction.actor.require("webhooks.manage")
    await deliveries.lock(transaction)
    webhook = await locked(transaction, webhook_id)
    if webhook.status == "disabled":
        raise Conflict.because("The webhook is switched off: switch it on first.", "disabled")
    return webhook


async def _note(transaction: Transaction, webhook: Webhook, number: int) -> None:
    await audit.record(
        transaction, "webhook.replayed", webhook.id, workspace_id=webhook.workspace_id, deliveries=number
    )
