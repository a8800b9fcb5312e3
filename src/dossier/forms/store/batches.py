"""Forms that were asked for together, and what came of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.forms.model.batch import Batch, BatchRow, Given
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored
from dossier.listing.collection import Visible

VISIBLE = Visible("b", "b.actor_id = %(only_owner)s")
"""Batches that the caller may see: a limited member those that they sent."""

_BATCH = """
b.workspace_id, b.id, b.created_at, b.actor_type, b.actor_id, b.actor_name, b.preset_id, b.slug, b.pace, b.next_at, b.cancelled_at,
b.stopped_at
"""


def _batch(row: Row) -> Batch:
    by = {name: row.pop(f"actor_{name}") for name in ("type", "id", "name")}
    return Batch(**row, by=by)


async def insert(transaction: Transaction, batch: Batch, rows: Sequence[Given]) -> None:
    """Keep a batch with its rows, which wait."""
    await transaction.send(
        """
        INSERT INTO form_batches (workspace_id, id, created_at, actor_type, actor_id, actor_name, preset_id, slug, pace, next_at)
        VALUES (%(workspace)s, %(id)s, %(at)s, %(type)s, %(actor)s, %(name)s, %(preset)s, %(slug)s, %(pace)s, %(next)s)
        """,
        workspace=batch.workspace_id,
        id=batch.id,
        at=batch.created_at,
        type=batch.by["type"],
        actor=batch.by["id"],
        name=batch.by["name"],
        preset=batch.preset_id,
        slug=batch.slug,
        pace=batch.pace,
        next=batch.next_at,
    )
    await transaction.send(
        """
        INSERT INTO form_batch_rows (workspace_id, batch_id, place, given, state)
        SELECT %(workspace)s, %(id)s, sent.place - 1, sent.given, 'waiting'
        FROM jsonb_array_elements(%(rows)s) WITH ORDINALITY AS sent (given, place)
        """,
        workspace=batch.workspace_id,
        id=batch.id,
        rows=Jsonb([each.document() for each in rows]),
    )


async def get(reading: ReadSession, id: UUID, *, lock: bool = False) -> Batch | None:
    """A batch in scope."""
    row = await reading.first(
        f"SELECT {_BATCH} FROM form_batches b WHERE {VISIBLE} AND b.id = %(id)s {'FOR UPDATE' if lock else ''}",
        id=id,
    )
    return _batch(row) if row else None


async def rows_of(reading: ReadSession, batch: Batch) -> list[BatchRow]:
    """What came of each row, in order."""
    rows = await reading.all(
        """
        SELECT r.place AS row, r.state, r.form_id, f.status AS form_status, f.archived_at IS NOT NULL AS archived, r.error,
          EXISTS (SELECT FROM form_sessions s WHERE s.workspace_id = f.workspace_id AND s.form_id = f.id) AS opened,
          EXISTS (SELECT FROM form_responses a WHERE a.workspace_id = f.workspace_id AND a.form_id = f.id) AS begun,
          coalesce(f.status IN ('completed', 'processed'), false) AS completed,
          coalesce(nullif(concat_ws(' ', f.given_name, f.family_name), ''), f.email, f.phone,
            r.given->'user'->>'email', r.given->'user'->>'phone') AS name
        FROM form_batch_rows r LEFT JOIN forms f ON f.workspace_id = r.workspace_id AND f.id = r.form_id
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.batch_id = %(batch)s ORDER BY r.place
        """,
        workspace=batch.workspace_id,
        batch=batch.id,
    )
    return [BatchRow(**row | {"error": restored(row["error"])}) for row in rows]


async def waiting(transaction: Transaction, batch: Batch, most: int) -> list[tuple[int, Given]]:
    """The next rows that wait, locked."""
    rows = await transaction.all(
        """
        SELECT r.place, r.given FROM form_batch_rows r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.batch_id = %(batch)s
          AND r.state = 'waiting' ORDER BY r.place LIMIT %(most)s FOR UPDATE
        """,
        workspace=batch.workspace_id,
        batch=batch.id,
        most=most,
    )
    return [(row["place"], Given.of(row["given"])) for row in rows]


async def settle(
    transaction: Transaction, batch: Batch, place: int, form_id: UUID | None, error: Sequence[Message]
) -> None:
    """What came of a row; what was given for it is forgotten."""
    await transaction.send(
        """
        UPDATE form_batch_rows SET given = '{}', state = %(state)s, form_id = %(form)s, error = %(error)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND batch_id = %(batch)s AND place = %(place)s
        """,
        state="made" if form_id else "failed",
        form=form_id,
        error=stored(error) if error else None,
        workspace=batch.workspace_id,
        batch=batch.id,
        place=place,
    )


async def stop(transaction: Transaction, batch: Batch, why: Message) -> None:
    """Of what waits nothing is made, and why that is."""
    values = {"workspace": batch.workspace_id, "id": batch.id}
    await transaction.send(
        """
        UPDATE form_batch_rows SET state = 'failed', given = '{}', error = %(why)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND batch_id = %(id)s AND state = 'waiting'
        """,
        why=stored([why]),
        **values,
    )
    await transaction.send(
        """
        UPDATE form_batches SET stopped_at = %(now)s, next_at = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        now=transaction.clock(),
        **values,
    )


async def put_off(transaction: Transaction, batch: Batch, at: datetime) -> None:
    """The next rows are made then; none are left, and so nothing is due any more."""
    await transaction.send(
        """
        UPDATE form_batches b SET next_at = CASE WHEN EXISTS (
          SELECT FROM form_batch_rows r WHERE r.workspace_id = b.workspace_id AND r.batch_id = b.id AND r.state = 'waiting')
          THEN %(at)s::timestamptz END
        WHERE b.workspace_id = %(workspace)s AND b.workspace_id = ANY(%(scope)s) AND b.id = %(id)s
        """,
        at=at,
        workspace=batch.workspace_id,
        id=batch.id,
    )


async def cancel(transaction: Transaction, batch: Batch) -> None:
    """Of what waits nothing is made."""
    values = {"workspace": batch.workspace_id, "id": batch.id}
    await transaction.send(
        """
        UPDATE form_batch_rows SET state = 'cancelled', given = '{}'
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND batch_id = %(id)s AND state = 'waiting'
        """,
        **values,
    )
    await transaction.send(
        """
        UPDATE form_batches SET cancelled_at = coalesce(cancelled_at, %(now)s), next_at = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        now=transaction.clock(),
        **values,
    )


async def waiting_users(transaction: Transaction, workspace_id: UUID) -> list[tuple[UUID, int, Mapping[str, Any]]]:
    """Of every row of a workspace that waits: its batch, its place there, and who is asked, as it was given."""
    rows = await transaction.all(
        """
        SELECT r.batch_id, r.place, r.given->'user' AS user FROM form_batches b
        JOIN form_batch_rows r ON r.workspace_id = b.workspace_id AND r.batch_id = b.id AND r.state = 'waiting'
        WHERE b.workspace_id = %(workspace)s AND b.workspace_id = ANY(%(scope)s) AND b.next_at IS NOT NULL
        """,
        workspace=workspace_id,
    )
    return [(row["batch_id"], row["place"], row["user"]) for row in rows]


async def cancel_row(transaction: Transaction, workspace_id: UUID, batch_id: UUID, place: int) -> None:
    """Nothing is made of a row that waits, and what was given for it is forgotten; where it waits no more it is forgotten already."""
    await transaction.send(
        """
        UPDATE form_batch_rows SET state = 'cancelled', given = '{}'
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND batch_id = %(batch)s AND place = %(place)s
          AND state = 'waiting'
        """,
        workspace=workspace_id,
        batch=batch_id,
        place=place,
    )


async def due(reading: ReadSession, now: datetime, most: int) -> list[tuple[UUID, UUID]]:
    """Workspace and id of the batches of which rows are due, of all workspaces."""
    rows = await reading.all(
        "SELECT workspace_id, id FROM form_batches WHERE next_at <= %(now)s ORDER BY next_at, id LIMIT %(most)s",
        now=now,
        most=most,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


async def newest(reading: ReadSession, most: int) -> list[Batch]:
    """The batches in scope, the newest first."""
    rows = await reading.all(
        f"SELECT {_BATCH} FROM form_batches b WHERE {VISIBLE} ORDER BY b.created_at DESC, b.id DESC LIMIT %(most)s",
        most=most,
    )
    return [_batch(row) for row in rows]
