"""The SQL of what was sent, for those who look at it, and who has it sent again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, LiteralString
from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.lists import Page
from dossier.webhooks.model.deliveries import Attempt, Delivery, Status

_COLUMNS = """
d.workspace_id, d.id, d.webhook_id, d.case_id, d.event_id, d.type, d.happened_at, d.status, d.tries, d.next_at, d.attempts, d.created_at
"""
_OF_CASE = "c.reference AS case_reference, c.title AS case_title"
_CASE = "LEFT JOIN cases c ON c.workspace_id = d.workspace_id AND c.id = d.case_id"
_ERASED = "d.body IS NULL AND d.written"
_OF_WEBHOOK = "d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s) AND d.webhook_id = %(webhook)s"
_WHERE = f"""
WHERE {_OF_WEBHOOK}
  AND (%(status)s::text IS NULL OR d.status = %(status)s) AND (%(type)s::text IS NULL OR d.type = %(type)s)
  AND (%(case)s::uuid IS NULL OR d.case_id = %(case)s)
"""


async def page(
    reading: ReadSession,
    whose: tuple[UUID, UUID],
    page: Page,
    status: Status | None = None,
    type: str | None = None,
    case_id: UUID | None = None,
) -> tuple[int, list[Delivery]]:
    """Deliveries of a webhook (`whose`: its workspace, itself), without their bodies, and how many there are."""
    order = "DESC" if page.descending else "ASC"
    values = {"workspace": whose[0], "webhook": whose[1], "status": status, "type": type, "case": case_id}
    rows = await reading.send(
        f"SELECT {_COLUMNS}, {_OF_CASE} FROM webhook_deliveries d {_CASE} {_WHERE} ORDER BY d.created_at {order}, d.id {order} LIMIT %(limit)s OFFSET %(offset)s",
        limit=page.size,
        offset=page.offset,
        **values,
    )
    count = await reading.one(f"SELECT count(*) AS count FROM webhook_deliveries d {_WHERE}", **values)
    return count["count"], [_delivery(row) for row in await rows.all()]


async def get(reading: ReadSession, webhook_id: UUID, id: UUID) -> Delivery | None:
    """One with its body."""
    row = await reading.first(
        f"SELECT {_COLUMNS}, {_OF_CASE}, d.body, {_ERASED} AS is_erased FROM webhook_deliveries d {_CASE}"
        " WHERE d.workspace_id = ANY(%(scope)s) AND d.webhook_id = %(webhook)s AND d.id = %(id)s",
        webhook=webhook_id,
        id=id,
    )
    return _delivery(row) if row else None


def _delivery(row: Row) -> Delivery:
    return Delivery(**row | {"attempts": tuple(Attempt.of(each) for each in row["attempts"])})


async def again(transaction: Transaction, delivery: Delivery) -> None:
    """Have it sent again now, whatever waits."""
    await transaction.send(
        """
        UPDATE webhook_deliveries SET status = 'pending', tries = 0, next_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=delivery.workspace_id,
        id=delivery.id,
        now=transaction.clock(),
    )


_ENDED: dict[str, LiteralString] = {
    "dead": "d.status = 'dead'",
    "not_taken": "d.status IN ('dead', 'cancelled')",
    "any": "d.status <> 'pending'",
}


async def again_since(
    transaction: Transaction,
    whose: tuple[UUID, UUID],
    since: datetime,
    until: datetime | None,
    which: Literal["dead", "any", "not_taken"],
) -> int:
    """Have those of a time sent again, in their order; how many. What is forgotten cannot be."""
    rows: Sequence[Row] = await transaction.all(
        f"""
        UPDATE webhook_deliveries d SET status = 'pending', tries = 0, next_at = NULL
        WHERE {_OF_WEBHOOK} AND d.created_at >= %(since)s AND (%(until)s::timestamptz IS NULL OR d.created_at < %(until)s)
          AND {_ENDED[which]} AND NOT ({_ERASED}) RETURNING d.id
        """,
        workspace=whose[0],
        webhook=whose[1],
        since=since,
        until=until,
    )
    return len(rows)
