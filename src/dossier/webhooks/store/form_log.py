"""What came of calls to forms' own addresses, for people, and sending again what was given up."""

from collections.abc import Sequence
from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.webhooks.model.deliveries import Attempt, FormCall

_CALL = """
d.workspace_id, d.id, d.form_id, d.url, d.events, d.status, d.tries, d.next_at, d.attempts, d.created_at, d.body,
f.reference, f.name FROM form_deliveries d LEFT JOIN forms f ON f.workspace_id = d.workspace_id AND f.id = d.form_id
"""
_MEANT = "d.workspace_id = ANY(%(scope)s) AND (%(status)s::text IS NULL OR d.status = %(status)s)"
MOST_COUNTED = 10_000


def _call(row: Row) -> FormCall:
    return FormCall(
        **{**row, "events": tuple(row["events"]), "attempts": tuple(Attempt.of(each) for each in row["attempts"])}
    )


async def total(reading: ReadSession, status: str | None) -> int:
    """How many there are, up to a bound."""
    row = await reading.one(
        f"SELECT count(*) AS count FROM (SELECT FROM form_deliveries d WHERE {_MEANT} LIMIT {MOST_COUNTED}) AS meant",
        status=status,
    )
    return int(row["count"])


async def page(reading: ReadSession, status: str | None, place: int, size: int) -> Sequence[FormCall]:
    """Some of them, the newest first."""
    rows = await reading.all(
        f"SELECT {_CALL} WHERE {_MEANT} ORDER BY d.created_at DESC, d.number DESC LIMIT %(size)s OFFSET %(place)s",
        status=status,
        place=place,
        size=size,
    )
    return [_call(row) for row in rows]


async def get(reading: ReadSession, id: UUID) -> FormCall | None:
    """One in scope."""
    row = await reading.first(f"SELECT {_CALL} WHERE d.workspace_id = ANY(%(scope)s) AND d.id = %(id)s", id=id)
    return _call(row) if row else None


async def again(transaction: Transaction, ids: Sequence[UUID] | None) -> int:
    """Have these sent again, or all that were given up; how many. Of a form that is gone only what is written already."""
    rows = await transaction.all(
        """
        UPDATE form_deliveries d SET status = 'pending', tries = 0, next_at = %(now)s, leased_until = NULL
        WHERE d.workspace_id = ANY(%(scope)s) AND d.status = 'dead' AND (%(ids)s::uuid[] IS NULL OR d.id = ANY(%(ids)s))
          AND (d.body IS NOT NULL OR EXISTS (SELECT FROM forms f WHERE f.workspace_id = d.workspace_id AND f.id = d.form_id))
          AND NOT EXISTS (SELECT FROM form_addresses_gone g WHERE g.workspace_id = d.workspace_id AND g.form_id = d.form_id
                            AND g.url = d.url)
        RETURNING d.id
        """,
        ids=None if ids is None else list(ids),
        now=transaction.clock(),
    )
    return len(rows)
