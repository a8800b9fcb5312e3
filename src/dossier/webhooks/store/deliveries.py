"""The SQL of what is sent: given out in order, claimed by one process at a time, and what came of each try.

Whatever changes which delivery of a case is the next holds one lock meanwhile (`lock`): so of those that wait, the first alone has a
time (`next_at`), and no statement has to look for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.foundation.clock import wire_time
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.webhooks.model.cursors import Cursor
from dossier.webhooks.model.deliveries import IN_HAND, Claimed, Outcome

LEASE = "15 seconds"  # after which others may send what a process that was killed had claimed

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks.deliveries', 0))"
_INSERT = """
INSERT INTO webhook_deliveries (workspace_id, id, webhook_id, case_id, version, event_id, type, happened_at, body, written,
                                status, tries, next_at, attempts, created_at)
SELECT r.workspace_id, r.id, r.webhook_id, r.case_id, r.version, r.event_id, r.type, r.happened_at, r.body, r.written,
       'pending', 0,
       CASE WHEN r.case_id IS NULL OR (
         row_number() OVER (PARTITION BY r.webhook_id, r.case_id ORDER BY r.place) = 1
         AND NOT EXISTS (SELECT FROM webhook_deliveries p WHERE p.workspace_id = r.workspace_id
                         AND p.webhook_id = r.webhook_id AND p.case_id = r.case_id AND p.status = 'pending')) THEN %(now)s END,
       '[]', %(now)s
FROM ROWS FROM (jsonb_to_recordset(%(rows)s) AS (
  workspace_id uuid, id uuid, webhook_id uuid, case_id uuid, version bigint, event_id uuid, type text, happened_at timestamptz,
  body text, written boolean)) WITH ORDINALITY
  AS r (workspace_id, id, webhook_id, case_id, version, event_id, type, happened_at, body, written, place)
ORDER BY r.place
"""
_CLAIM = f"""
WITH busy AS (
  SELECT w.url, count(*) FILTER (WHERE d.id = ANY(%(mine)s::uuid[])) AS mine,
         count(*) FILTER (WHERE d.id <> ALL(%(mine)s::uuid[]) AND d.leased_until > clock_timestamp()) AS others
  FROM webhook_deliveries d JOIN webhooks w ON w.workspace_id = d.workspace_id AND w.id = d.webhook_id
  WHERE d.leased_until IS NOT NULL GROUP BY w.url
), due AS (
  SELECT d.workspace_id, d.id, d.next_at, d.number, w.failing_since,
         row_number() OVER (PARTITION BY w.url ORDER BY d.next_at, d.number) + coalesce(b.mine, 0) AS place
  FROM webhooks w LEFT JOIN busy b ON b.url = w.url CROSS JOIN LATERAL (
    SELECT p.workspace_id, p.id, p.next_at, p.number FROM webhook_deliveries p
    WHERE p.workspace_id = w.workspace_id AND p.webhook_id = w.id AND p.status = 'pending' AND p.next_at <= %(now)s
      AND (p.leased_until IS NULL OR p.leased_until <= clock_timestamp() AND p.id <> ALL(%(mine)s::uuid[]))
    ORDER BY p.next_at, p.number LIMIT {IN_HAND}) AS d
  WHERE w.enabled AND coalesce(b.others, 0) = 0 AND coalesce(b.mine, 0) < {IN_HAND}
), taken AS (
  SELECT workspace_id, id FROM due WHERE place <= CASE WHEN failing_since IS NULL THEN {IN_HAND} ELSE 1 END
  ORDER BY next_at, number LIMIT %(most)s
)
UPDATE webhook_deliveries d SET leased_until = clock_timestamp() + interval '{LEASE}'
FROM taken t, webhooks w
WHERE d.workspace_id = t.workspace_id AND d.id = t.id AND w.workspace_id = d.workspace_id AND w.id = d.webhook_id
RETURNING d.workspace_id, d.id, d.webhook_id, d.case_id, d.version, d.event_id, d.type, d.body, d.written, d.tries, w.url,
  w.secret, CASE WHEN w.both_until > %(now)s THEN w.secret_before END AS secret_before,
  (SELECT s.outbound_allow FROM workspaces s WHERE s.id = w.workspace_id) AS reaches
"""
_RECORD = """
UPDATE webhook_deliveries d SET tries = d.tries + 1, leased_until = NULL,
  attempts = d.attempts || CASE WHEN d.body IS NULL THEN r.attempt || '{"body": null}' ELSE r.attempt END,
  status = CASE WHEN d.status = 'pending' OR r.status = 'delivered' THEN r.status ELSE d.status END,
  next_at = CASE WHEN d.status = 'pending' THEN r.next_at END
FROM jsonb_to_recordset(%(outcomes)s) AS r (workspace_id uuid, id uuid, status text, next_at timestamptz, attempt jsonb)
WHERE d.workspace_id = r.workspace_id AND d.id = r.id
"""
_STATE = """
UPDATE webhooks w SET
  last_success_at = CASE WHEN r.taken THEN %(now)s ELSE w.last_success_at END,
  failing_since = CASE WHEN NOT r.taken THEN coalesce(w.failing_since, %(now)s) END,
  warned_at = CASE WHEN NOT r.taken THEN w.warned_at END
FROM jsonb_to_recordset(%(webhooks)s) AS r (workspace_id uuid, id uuid, taken boolean)
WHERE w.workspace_id = r.workspace_id AND w.id = r.id AND CASE WHEN r.taken
  THEN w.failing_since IS NOT NULL OR w.last_success_at IS NULL OR w.last_success_at < %(now)s - interval '1 second'
  ELSE w.failing_since IS NULL END
"""
# The first that waits, of each case, gets its turn, unless it has it. They are found before anything is joined to them: a planner
# that does not know the table yet would look for them once for each delivery that there is.
_PROMOTE = """
WITH first AS MATERIALIZED (
  SELECT l.workspace_id, f.id, f.next_at
  FROM (SELECT DISTINCT workspace_id, webhook_id, case_id FROM jsonb_to_recordset(%(lines)s)
        AS r (workspace_id uuid, webhook_id uuid, case_id uuid)) AS l
  CROSS JOIN LATERAL (
    SELECT p.id, p.next_at FROM webhook_deliveries p
    WHERE p.workspace_id = l.workspace_id AND p.webhook_id = l.webhook_id AND p.case_id = l.case_id AND p.status = 'pending'
    ORDER BY p.number LIMIT 1) AS f
)
UPDATE webhook_deliveries d SET next_at = %(now)s
FROM first f WHERE d.workspace_id = f.workspace_id AND d.id = f.id AND f.next_at IS NULL
"""


async def lock(transaction: Transaction) -> None:
    """Nobody else changes which delivery is the next until the end."""
    await transaction.send(_LOCK)


async def progress(reading: ReadSession) -> Cursor | None:
    """Behind which version events are still to be given out; None before the first time."""
    row = await reading.first("SELECT position, case_id, version FROM webhook_progress")
    return Cursor(row["position"], 0, row["case_id"], row["version"]) if row else None


async def keep_progress(transaction: Transaction, cursor: Cursor) -> None:
    await transaction.send(
        """
        INSERT INTO webhook_progress (one, position, case_id, version) VALUES (true, %(position)s, %(case)s, %(version)s)
        ON CONFLICT (one) DO UPDATE SET position = excluded.position, case_id = excluded.case_id, version = excluded.version
        """,
        position=cursor.position,
        case=cursor.case,
        version=cursor.version,
    )


async def insert(transaction: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """What is to be sent, in this order: `{workspace_id, id, webhook_id, case_id, version, event_id, type, happened_at, body, written}`."""
    if rows:
        await transaction.send(_INSERT, rows=Jsonb(rows), now=transaction.clock())


async def claim(transaction: Transaction, most: int, mine: Collection[UUID]) -> list[Claimed]:
    """What is sent by this process now, and by no other as long as the lease holds; `mine`: what it has in hand already.

    What goes to one address is in the hands of one process: so it is that one which counts the calls at once.
    """
    rows = await transaction.all(_CLAIM, now=transaction.clock(), most=most, mine=list(mine))
    return [_claimed(row) for row in rows]


async def hold(transaction: Transaction, mine: Collection[UUID]) -> None:
    """Others leave it alone for another while."""
    await transaction.send(
        f"""
        UPDATE webhook_deliveries SET leased_until = clock_timestamp() + interval '{LEASE}'
        WHERE leased_until IS NOT NULL AND id = ANY(%(mine)s::uuid[])
        """,
        mine=list(mine),
    )


def _claimed(row: Row) -> Claimed:
    secrets = (row.pop("secret"), row.pop("secret_before"))
    return Claimed(**row, secrets=tuple(bytes(each) for each in secrets if each))


async def record(transaction: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Keep what came of tries, and let those go on that waited for them."""
    if not outcomes:
        return
    kept: list[dict[str, Any]] = []
    taken: dict[tuple[UUID, UUID], bool] = {}
    for each in outcomes:
        status, next_at = each.follows()
        delivery, at = each.delivery, next_at and wire_time(next_at)
        whose = {"workspace_id": delivery.workspace_id, "id": delivery.id}
        kept.append({**whose, "status": status, "next_at": at, "attempt": each.attempt.kept()})
        webhook = (delivery.workspace_id, delivery.webhook_id)
        taken[webhook] = taken.get(webhook, False) or each.attempt.is_taken
    webhooks = [{"workspace_id": workspace, "id": id, "taken": one} for (workspace, id), one in taken.items()]
    await transaction.send(_RECORD, outcomes=Jsonb(kept))
    await transaction.send(_STATE, webhooks=Jsonb(webhooks), now=transaction.clock())
    await promote(transaction, [each.delivery for each in outcomes if each.delivery.case_id])


async def promote(transaction: Transaction, lines: Sequence[Claimed]) -> None:
    """Give the first that waits of these cases and webhooks its turn."""
    named = [{name: getattr(each, name) for name in ("workspace_id", "webhook_id", "case_id")} for each in lines]
    await transaction.send(_PROMOTE, lines=Jsonb(named), now=transaction.clock())


async def promote_all(transaction: Transaction, workspace_id: UUID, webhook_id: UUID) -> None:
    """The same for every case of a webhook."""
    await transaction.send(
        """
        UPDATE webhook_deliveries d SET next_at = %(now)s
        FROM (SELECT min(number) AS number FROM webhook_deliveries
              WHERE workspace_id = %(workspace)s AND webhook_id = %(webhook)s AND status = 'pending'
              GROUP BY case_id, CASE WHEN case_id IS NULL THEN id END) AS f
        WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s) AND d.webhook_id = %(webhook)s
          AND d.status = 'pending' AND d.number = f.number AND d.next_at IS NULL
        """,
        workspace=workspace_id,
        webhook=webhook_id,
        now=transaction.clock(),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a delivery as it is kept, whether that is written, and what is sent to its webhook (`content`)."""

    body: str | None
    written: bool
    content: str


async def lock_body(transaction: Transaction, delivery: Claimed) -> Body:
    """Its body as it is now, which nobody changes until the end."""
    row = await transaction.one(
        """
        SELECT d.body, d.written, w.content FROM webhook_deliveries d
        JOIN webhooks w ON w.workspace_id = d.workspace_id AND w.id = d.webhook_id
        WHERE d.workspace_id = %(workspace)s AND d.id = %(id)s FOR UPDATE OF d
        """,
        workspace=delivery.workspace_id,
        id=delivery.id,
    )
    return Body(**row)


async def write_body(transaction: Transaction, delivery: Claimed, body: str) -> None:
    """The body as it is sent at each try from now on."""
    await transaction.send(
        "UPDATE webhook_deliveries SET body = %(body)s, written = true WHERE workspace_id = %(workspace)s AND id = %(id)s",
        body=body,
        workspace=delivery.workspace_id,
        id=delivery.id,
    )


async def cancel(transaction: Transaction, workspace_id: UUID, webhook_ids: Collection[UUID]) -> None:
    """Whatever waits of these webhooks is not sent."""
    await transaction.send(
        """
        UPDATE webhook_deliveries SET status = 'cancelled', next_at = NULL
        WHERE workspace_id = %(workspace)s AND webhook_id = ANY(%(webhooks)s::uuid[]) AND status = 'pending'
        """,
        workspace=workspace_id,
        webhooks=list(webhook_ids),
    )


async def forget_cases(transaction: Transaction, workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """What was told of cases that were erased goes with them; what still waits is not sent."""
    await transaction.send(
        """
        UPDATE webhook_deliveries SET body = NULL, written = true, attempts = '[]', next_at = NULL,
          status = CASE WHEN status = 'pending' THEN 'cancelled' ELSE status END
        WHERE workspace_id = %(workspace)s AND case_id = ANY(%(cases)s::uuid[])
        """,
        workspace=workspace_id,
        cases=list(case_ids),
    )


_FORGET_BODIES = """
UPDATE webhook_deliveries SET body = NULL, written = false,
  attempts = (SELECT coalesce(jsonb_agg(a.one || '{"body": null}' ORDER BY a.place), '[]')
              FROM jsonb_array_elements(attempts) WITH ORDINALITY AS a (one, place))
WHERE workspace_id = %(workspace)s AND body IS NOT NULL AND
"""


async def forget_bodies(transaction: Transaction, workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """What was told of these cases, and what was answered, is not kept; what is sent from now on is made anew."""
    await transaction.send(
        f"{_FORGET_BODIES} case_id = ANY(%(cases)s::uuid[])", workspace=workspace_id, cases=list(case_ids)
    )


async def forget_bodies_naming(transaction: Transaction, workspace_id: UUID, id: UUID) -> None:
    """The same of what was told of whichever case, and names somebody by their id."""
    await transaction.send(
        f"{_FORGET_BODIES} case_id IS NOT NULL AND strpos(body, %(id)s::text) > 0", workspace=workspace_id, id=id
    )


async def disable(
    transaction: Transaction, workspace_id: UUID, webhook_ids: Collection[UUID], reason: str
) -> list[UUID]:
    """Send nothing more to these, and drop what waits; those that were on."""
    rows = await transaction.all(
        """
        UPDATE webhooks SET enabled = false, disabled_reason = %(reason)s, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND id = ANY(%(webhooks)s::uuid[]) AND enabled RETURNING id
        """,
        workspace=workspace_id,
        webhooks=list(webhook_ids),
        reason=reason,
        now=transaction.clock(),
    )
    await cancel(transaction, workspace_id, webhook_ids)
    return [row["id"] for row in rows]


async def forget(transaction: Transaction, before: datetime) -> None:
    """Forget what was sent, or given up, before."""
    await transaction.send(
        """
        DELETE FROM webhook_deliveries d USING webhooks w
        WHERE d.workspace_id = w.workspace_id AND d.webhook_id = w.id AND d.created_at < %(before)s AND d.status <> 'pending'
        """,
        before=before,
    )
