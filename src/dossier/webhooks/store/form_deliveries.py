"""The SQL of calls to forms' own addresses: in order for a form and address, claimed by one process at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dossier.foundation.clock import wire_time
from dossier.foundation.database import Jsonb, Transaction
from dossier.foundation.identifiers import new_id
from dossier.webhooks.model.deliveries import Claimed, Outcome
from dossier.webhooks.model.form_events import AFTER_SAVE, AT_LATEST, SAVED, FormEvent

LEASE = "30 seconds"  # after which others may send what a process that was killed had claimed
KIND = "form"

_FIRST = """
NOT EXISTS (SELECT FROM form_deliveries p WHERE p.workspace_id = d.workspace_id AND p.form_id = d.form_id AND p.url = d.url
              AND p.status = 'pending' AND p.number < d.number)
"""


async def put(
    transaction: Transaction,
    workspace_id: UUID,
    form_id: UUID,
    urls: Sequence[str],
    event: FormEvent,
) -> None:
    """Call these addresses once whatever waits for them before is done."""
    await _hurry(transaction, workspace_id, form_id)
    for url in urls:
        await transaction.send(
            """
            INSERT INTO form_deliveries (workspace_id, id, form_id, url, events, subject, subject_id, body, written, status, tries,
                                         next_at, attempts, created_at)
            SELECT %(workspace)s, %(id)s, %(form)s, %(url)s, %(events)s, %(subject)s, %(subject_id)s, NULL, false, 'pending', 0,
                   %(now)s, '[]', %(now)s
            WHERE NOT EXISTS (SELECT FROM form_addresses_gone g WHERE g.workspace_id = %(workspace)s AND g.form_id = %(form)s
                                AND g.url = %(url)s)
            """,
            workspace=workspace_id,
            id=new_id(),
            form=form_id,
            url=url,
            events=list(event.events),
            subject=event.subject,
            subject_id=event.id,
            now=transaction.clock(),
        )


async def put_saved(
    transaction: Transaction, workspace_id: UUID, form_id: UUID, urls: Sequence[str], event: FormEvent
) -> None:
    """Tell of saved answers a while after the last of them: one call for all that comes meanwhile."""
    now = transaction.clock()
    for url in urls:
        await transaction.send(
            """
            WITH waiting AS (
              UPDATE form_deliveries d SET next_at = least(%(soon)s, d.latest_at)
              WHERE d.workspace_id = %(workspace)s AND d.form_id = %(form)s AND d.url = %(url)s AND d.status = 'pending'
                AND d.tries = 0 AND d.latest_at IS NOT NULL AND d.leased_until IS NULL AND d.subject_id = %(subject_id)s
                AND NOT EXISTS (SELECT FROM form_deliveries l WHERE l.workspace_id = d.workspace_id
                                  AND l.form_id = d.form_id AND l.url = d.url AND l.number > d.number)
              RETURNING d.id)
            INSERT INTO form_deliveries (workspace_id, id, form_id, url, events, subject, subject_id, body, written, status, tries,
                                         next_at, latest_at, attempts, created_at)
            SELECT %(workspace)s, %(id)s, %(form)s, %(url)s, %(events)s, 'responses', %(subject_id)s, NULL, false, 'pending', 0,
                   %(soon)s, %(latest)s, '[]', %(now)s
            WHERE NOT EXISTS (SELECT FROM waiting)
              AND NOT EXISTS (SELECT FROM form_addresses_gone g WHERE g.workspace_id = %(workspace)s AND g.form_id = %(form)s
                                AND g.url = %(url)s)
            """,
            workspace=workspace_id,
            id=new_id(),
            form=form_id,
            url=url,
            events=list(SAVED),
            subject_id=event.id,
            now=now,
            soon=now + AFTER_SAVE,
            latest=now + AT_LATEST,
        )


async def drop_saved(transaction: Transaction, workspace_id: UUID, form_id: UUID, response_id: UUID) -> None:
    """Nobody is told of saved answers that were not told of yet: they are told to be handed in."""
    await transaction.send(
        """
        DELETE FROM form_deliveries WHERE workspace_id = %(workspace)s AND form_id = %(form)s AND subject_id = %(response)s
          AND status = 'pending' AND tries = 0 AND latest_at IS NOT NULL AND leased_until IS NULL
        """,
        workspace=workspace_id,
        form=form_id,
        response=response_id,
    )


async def _hurry(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> None:
    """What waits for more to come waits no longer: something else comes after it."""
    await transaction.send(
        """
        UPDATE form_deliveries SET next_at = %(now)s, latest_at = NULL WHERE workspace_id = %(workspace)s AND form_id = %(form)s
          AND status = 'pending' AND tries = 0 AND latest_at IS NOT NULL
        """,
        workspace=workspace_id,
        form=form_id,
        now=transaction.clock(),
    )


async def claim(transaction: Transaction, most: int, mine: Collection[UUID]) -> list[Claimed]:
    """What is sent by this process now, and by no other as long as the lease holds; of a form and address the first that waits."""
    rows = await transaction.all(
        f"""
        WITH due AS (
          SELECT d.workspace_id, d.id FROM form_deliveries d
          WHERE d.status = 'pending' AND d.next_at <= %(now)s
            AND (d.leased_until IS NULL OR d.leased_until <= clock_timestamp() AND d.id <> ALL(%(mine)s::uuid[])) AND {_FIRST}
          ORDER BY d.next_at, d.number LIMIT %(most)s FOR UPDATE SKIP LOCKED)
        UPDATE form_deliveries d SET leased_until = clock_timestamp() + interval '{LEASE}', latest_at = NULL
        FROM due WHERE d.workspace_id = due.workspace_id AND d.id = due.id
        RETURNING d.workspace_id, d.id, d.form_id, d.body, d.written, d.tries, d.url
        """,
        now=transaction.clock(),
        most=most,
        mine=list(mine),
    )
    return [
        Claimed(
            workspace_id=row["workspace_id"],
            id=row["id"],
            webhook_id=row["form_id"],
            case_id=None,
            version=None,
            event_id=row["id"],
            type=KIND,
            body=row["body"],
            written=row["written"],
            tries=row["tries"],
            url=row["url"],
            secrets=(),
        )
        for row in rows
    ]


async def hold(transaction: Transaction, mine: Collection[UUID]) -> None:
    """Others leave it alone for another while."""
    await transaction.send(
        f"""
        UPDATE form_deliveries SET leased_until = clock_timestamp() + interval '{LEASE}'
        WHERE leased_until IS NOT NULL AND id = ANY(%(mine)s::uuid[])
        """,
        mine=list(mine),
    )


async def record(transaction: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Keep what came of tries; the body of what was taken is thrown away."""
    kept: list[dict[str, Any]] = []
    for each in outcomes:
        status, next_at = each.follows()
        at = wire_time(next_at or transaction.clock())
        whose = {"workspace_id": each.delivery.workspace_id, "id": each.delivery.id}
        kept.append({**whose, "status": status, "next_at": at, "attempt": each.attempt.kept()})
    await transaction.send(
        """
        UPDATE form_deliveries d SET tries = d.tries + 1, leased_until = NULL, attempts = d.attempts || r.attempt,
          status = CASE WHEN d.status = 'pending' OR r.status = 'delivered' THEN r.status ELSE d.status END, next_at = r.next_at,
          body = CASE WHEN r.status IN ('delivered', 'cancelled') THEN NULL ELSE d.body END
        FROM jsonb_to_recordset(%(outcomes)s) AS r (workspace_id uuid, id uuid, status text, next_at timestamptz, attempt jsonb)
        WHERE d.workspace_id = r.workspace_id AND d.id = r.id
        """,
        outcomes=Jsonb(kept),
    )


async def end_address(transaction: Transaction, workspace_id: UUID, form_id: UUID, url: str) -> None:
    """Of this form nothing is told there any more."""
    values = {"workspace": workspace_id, "form": form_id, "url": url}
    await transaction.send(
        """
        INSERT INTO form_addresses_gone (workspace_id, form_id, url)
        SELECT f.workspace_id, f.id, %(url)s FROM forms f WHERE f.workspace_id = %(workspace)s AND f.id = %(form)s
        ON CONFLICT DO NOTHING
        """,
        **values,
    )
    await transaction.send(
        """
        UPDATE form_deliveries SET status = 'cancelled', body = NULL
        WHERE workspace_id = %(workspace)s AND form_id = %(form)s AND url = %(url)s AND status = 'pending'
        """,
        **values,
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a call is of, and its body as it is kept, with whether that is written."""

    id: UUID
    events: Sequence[str]
    subject: str
    subject_id: UUID
    body: str | None = None
    written: bool = False


async def lock_body(transaction: Transaction, delivery: Claimed) -> Subject | None:
    """What a call is of, and its body as it is now, which nobody changes until the end; None when it is not sent any more."""
    row = await transaction.first(
        """
        SELECT d.id, d.body, d.written, d.events, d.subject, d.subject_id FROM form_deliveries d
        WHERE d.workspace_id = %(workspace)s AND d.id = %(id)s AND d.status = 'pending' FOR UPDATE
        """,
        workspace=delivery.workspace_id,
        id=delivery.id,
    )
    return Subject(**row) if row else None


async def write_body(transaction: Transaction, delivery: Claimed, body: str) -> None:
    """The body as it is sent at each try from now on."""
    await transaction.send(
        "UPDATE form_deliveries SET body = %(body)s, written = true WHERE workspace_id = %(workspace)s AND id = %(id)s",
        body=body,
        workspace=delivery.workspace_id,
        id=delivery.id,
    )


async def unwritten(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> list[Subject]:
    """The calls about a form that wait and have no body yet, locked."""
    rows = await transaction.all(
        """
        SELECT d.id, d.events, d.subject, d.subject_id FROM form_deliveries d
        WHERE d.workspace_id = %(workspace)s AND d.form_id = %(form)s AND d.status = 'pending' AND d.body IS NULL
        ORDER BY d.number FOR UPDATE
        """,
        workspace=workspace_id,
        form=form_id,
    )
    return [Subject(**row) for row in rows]


async def set_body(transaction: Transaction, workspace_id: UUID, id: UUID, body: str) -> None:
    """What a call will say but for the addresses of this server."""
    await transaction.send(
        "UPDATE form_deliveries SET body = %(body)s WHERE workspace_id = %(workspace)s AND id = %(id)s",
        body=body,
        workspace=workspace_id,
        id=id,
    )


async def forget_naming(transaction: Transaction, workspace_id: UUID, texts: Sequence[str]) -> None:
    """What names somebody who is erased is made anew, or of a form that is gone not sent; what was given up says nothing any more."""
    await transaction.send(
        """
        UPDATE form_deliveries d SET body = NULL, written = false, attempts = '[]',
          status = CASE WHEN d.status = 'pending' AND d.events @> '{requests:deleted}' THEN 'cancelled' ELSE d.status END
        WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s)
          AND EXISTS (SELECT FROM unnest(%(texts)s::text[]) AS text WHERE strpos(d.body, text) > 0)
        """,
        workspace=workspace_id,
        texts=list(texts),
    )


async def forget_addresses(transaction: Transaction, workspace_id: UUID, texts: Sequence[str]) -> None:
    """Addresses that name somebody who is erased are not called any more, nor known; `texts`: as addresses have them."""
    for table in ("form_deliveries", "form_addresses_gone"):
        await transaction.send(
            f"""
            DELETE FROM {table} d WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s)
              AND EXISTS (SELECT FROM unnest(%(texts)s::text[]) AS text WHERE strpos(lower(d.url), lower(text)) > 0)
            """,
            workspace=workspace_id,
            texts=list(texts),
        )


async def forget(transaction: Transaction, now: datetime, kept: timedelta) -> None:
    """Forget what was sent, or given up, so long ago."""
    await transaction.send(
        "DELETE FROM form_deliveries WHERE created_at < %(before)s AND status <> 'pending'", before=now - kept
    )
