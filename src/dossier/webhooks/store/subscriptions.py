"""The SQL of subscriptions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.lists import Page
from dossier.webhooks.model.cursors import LAST
from dossier.webhooks.model.subscriptions import Wanted, Webhook

_OF_WANTED = ("url", "events", "templates", "condition", "content", "description", "enabled")
_SELECT = """
SELECT w.workspace_id, s.slug AS workspace_slug, w.id, w.url, w.events, w.templates, w.condition, w.content, w.description,
       w.enabled, w.disabled_reason, w.secret, w.secret_before, w.both_until, w.created_at, w.updated_at, w.last_success_at,
       w.failing_since, w.warned_at, w.after
"""
_PENDING = """,
(SELECT count(*) FROM webhook_deliveries d
 WHERE d.workspace_id = w.workspace_id AND d.webhook_id = w.id AND d.status = 'pending') AS pending
"""
_FROM = " FROM webhooks w JOIN workspaces s ON s.id = w.workspace_id WHERE w.workspace_id = ANY(%(scope)s) "
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks of ' || %(workspace)s::text, 0))"

_NOTHING_BEFORE = "DELETE FROM webhook_kept_before WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND webhook_id = %(id)s"
_KEPT_BEFORE = f"""
WITH begun AS (
  UPDATE webhooks SET after = commits_settled() - 1
  WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s RETURNING after
), kept AS (
  SELECT e.case_id, e.version, e.position FROM case_events e, begun
  WHERE e.workspace_id = %(workspace)s AND e.position > begun.after
  UNION ALL
  SELECT t.id, {LAST}, t.position FROM case_tombstones t, begun
  WHERE t.workspace_id = %(workspace)s AND t.position > begun.after
)
INSERT INTO webhook_kept_before (workspace_id, webhook_id, case_id, version, position)
SELECT %(workspace)s, %(id)s, case_id, max(version), max(position) FROM kept GROUP BY case_id
"""


async def page(reading: ReadSession, page: Page) -> tuple[int, list[Webhook]]:
    """Those in scope, and how many there are."""
    order = "DESC" if page.descending else "ASC"
    rows = await reading.send(
        f"{_SELECT}{_PENDING}{_FROM} ORDER BY w.{page.sort} {order}, w.id {order} LIMIT %(limit)s OFFSET %(offset)s",
        limit=page.size,
        offset=page.offset,
    )
    count = await reading.one("SELECT count(*) AS count FROM webhooks WHERE workspace_id = ANY(%(scope)s)")
    return count["count"], [_webhook(row) for row in await rows.all()]


async def get(reading: ReadSession, id: UUID) -> Webhook | None:
    row = await reading.first(_SELECT + _PENDING + _FROM + "AND w.id = %(id)s", id=id)
    return _webhook(row) if row else None


async def lock(transaction: Transaction, id: UUID) -> Webhook | None:
    """The same, which nobody else changes until the end."""
    await transaction.send("SELECT FROM webhooks WHERE workspace_id = ANY(%(scope)s) AND id = %(id)s FOR UPDATE", id=id)
    return await get(transaction, id)


async def enabled(reading: ReadSession) -> list[Webhook]:
    """Those of every workspace to which something is sent: for the server itself."""
    rows = await reading.all(
        _SELECT + " FROM webhooks w JOIN workspaces s ON s.id = w.workspace_id WHERE w.enabled ORDER BY w.id"
    )
    return [_webhook(row) for row in rows]


async def failing(transaction: Transaction, since: datetime) -> list[Webhook]:
    """Those of every workspace that have taken nothing since then, held until the end: for the server itself."""
    rows = await transaction.all(
        _SELECT + " FROM webhooks w JOIN workspaces s ON s.id = w.workspace_id"
        " WHERE w.enabled AND w.failing_since <= %(since)s ORDER BY w.id FOR UPDATE OF w",
        since=since,
    )
    return [_webhook(row) for row in rows]


async def warned(transaction: Transaction, webhook: Webhook) -> None:
    """Those who manage it were told that it takes nothing."""
    await transaction.send(
        "UPDATE webhooks SET warned_at = %(now)s WHERE workspace_id = %(workspace)s AND id = %(id)s",
        workspace=webhook.workspace_id,
        id=webhook.id,
        now=transaction.clock(),
    )


async def count_locked(transaction: Transaction, workspace_id: UUID) -> int:
    """How many a workspace has; nobody makes one there until the end."""
    await transaction.send(_LOCK, workspace=workspace_id)
    row = await transaction.one(
        "SELECT count(*) AS count FROM webhooks WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)",
        workspace=workspace_id,
    )
    return int(row["count"])


async def known_templates(reading: ReadSession, workspace_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are templates of a workspace."""
    rows = await reading.all(
        "SELECT id FROM case_templates WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " AND id = ANY(%(ids)s::uuid[])",
        workspace=workspace_id,
        ids=list(ids),
    )
    return {row["id"] for row in rows}


async def insert(transaction: Transaction, workspace_id: UUID, id: UUID, wanted: Wanted, secret: bytes) -> None:
    """A new one, which is told what is kept from now on."""
    await transaction.send(
        """
        INSERT INTO webhooks (workspace_id, id, url, events, templates, condition, content, description, enabled,
                              disabled_reason, secret, created_at, updated_at, after)
        VALUES (%(workspace)s, %(id)s, %(url)s, %(events)s, %(templates)s::uuid[], %(condition)s, %(content)s, %(description)s,
                %(enabled)s, CASE WHEN NOT %(enabled)s THEN 'by_hand' END, %(secret)s, %(now)s, %(now)s, commits_settled() - 1)
        """,
        workspace=workspace_id,
        id=id,
        secret=secret,
        now=transaction.clock(),
        **_values(wanted),
    )
    await _begin_now(transaction, workspace_id, id)


async def _begin_now(transaction: Transaction, workspace_id: UUID, id: UUID) -> None:
    """It is told what nobody sees yet: neither what has surely ended, nor what was kept meanwhile by those who began later.

    One statement, so one look: what it sees it writes down, and what it does not see is kept later.
    """
    await transaction.send(_NOTHING_BEFORE, workspace=workspace_id, id=id)
    await transaction.send(_KEPT_BEFORE, workspace=workspace_id, id=id)


async def kept_before(reading: ReadSession) -> dict[tuple[UUID, UUID], int]:
    """Webhook and case → the last version that was kept before the webhook began: of every workspace, for the server itself."""
    rows = await reading.all("SELECT webhook_id, case_id, version FROM webhook_kept_before")
    return {(row["webhook_id"], row["case_id"]): row["version"] for row in rows}


async def forget_kept_before(transaction: Transaction, settled: int) -> None:
    """Everything before this position was given out."""
    await transaction.send("DELETE FROM webhook_kept_before WHERE position < %(settled)s", settled=settled)


async def update(transaction: Transaction, webhook: Webhook, wanted: Wanted) -> None:
    """What it says from now on. One that is enabled anew begins anew: nothing failed yet, and it is told what is kept from now on."""
    await transaction.send(
        """
        UPDATE webhooks SET url = %(url)s, events = %(events)s, templates = %(templates)s::uuid[], condition = %(condition)s,
          content = %(content)s, description = %(description)s, updated_at = %(now)s,
          disabled_reason = CASE WHEN %(enabled)s THEN NULL WHEN enabled THEN 'by_hand' ELSE disabled_reason END,
          failing_since = CASE WHEN enabled = %(enabled)s THEN failing_since END,
          warned_at = CASE WHEN enabled = %(enabled)s THEN warned_at END,
          enabled = %(enabled)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=webhook.workspace_id,
        id=webhook.id,
        now=transaction.clock(),
        **_values(wanted),
    )
    if wanted.enabled and not webhook.wanted.enabled:
        await _begin_now(transaction, webhook.workspace_id, webhook.id)


async def set_secret(transaction: Transaction, webhook: Webhook, secret: bytes, both_until: datetime) -> None:
    """Another secret; the one before signs too until then."""
    await transaction.send(
        """
        UPDATE webhooks SET secret_before = secret, secret = %(secret)s, both_until = %(until)s, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=webhook.workspace_id,
        id=webhook.id,
        secret=secret,
        until=both_until,
        now=transaction.clock(),
    )


async def delete(transaction: Transaction, webhook: Webhook) -> None:
    """It and everything that was to be sent."""
    await transaction.send(
        "DELETE FROM webhooks WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s",
        workspace=webhook.workspace_id,
        id=webhook.id,
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a webhook, encrypted; `secret_before` is that which holds besides for a while."""

    workspace_id: UUID
    id: UUID
    secret: bytes
    secret_before: bytes | None


async def secrets(transaction: Transaction) -> list[Secrets]:
    """All secrets, held until the end."""
    rows = await transaction.all("SELECT workspace_id, id, secret, secret_before FROM webhooks ORDER BY id FOR UPDATE")
    return [Secrets(**row) for row in rows]


async def replace_secrets(transaction: Transaction, of: Secrets, secret: bytes, before: bytes | None) -> None:
    """The same secrets, encrypted anew."""
    await transaction.send(
        "UPDATE webhooks SET secret = %(secret)s, secret_before = %(before)s WHERE workspace_id = %(workspace)s AND id = %(id)s",
        workspace=of.workspace_id,
        id=of.id,
        secret=secret,
        before=before,
    )


def _values(wanted: Wanted) -> dict[str, Any]:
    values = {name: getattr(wanted, name) for name in _OF_WANTED}
    condition = None if wanted.condition is None else Jsonb(wanted.condition)
    return values | {"events": list(wanted.events), "templates": list(wanted.templates), "condition": condition}


def _webhook(row: Row) -> Webhook:
    said: dict[str, Any] = {name: row.pop(name) for name in _OF_WANTED}
    said |= {"events": tuple(said["events"]), "templates": tuple(said["templates"])}
    before = row["secret_before"]
    secrets = {"secret": bytes(row["secret"]), "secret_before": before and bytes(before)}
    return Webhook(**row | secrets, wanted=Wanted(**said))
