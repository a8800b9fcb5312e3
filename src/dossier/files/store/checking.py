"""The SQL of what a virus scanner has to look at, and of what it said."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from dossier.files.model import File
from dossier.files.store import leaving
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.scanner import Verdict

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when the content of an infected file is left: it is kept for no restore."""


class Waiting(NamedTuple):
    """A file that a scanner is to look at."""

    workspace_id: UUID
    id: UUID
    object: str
    size: int
    created_at: datetime


async def take(transaction: Transaction, again: timedelta) -> Waiting | None:
    """The pending file, of whichever workspace, that was not asked about for longest; for nobody else before `again` is over."""
    row = await transaction.first(
        """
        WITH found AS (
          SELECT each.workspace_id, each.id FROM workspaces w CROSS JOIN LATERAL (
            SELECT f.workspace_id, f.id, f.asked_at FROM files f
            WHERE f.workspace_id = w.id AND f.verdict = 'pending' AND f.erased_at IS NULL AND (f.asked_at IS NULL OR f.asked_at <= %(before)s)
            ORDER BY f.asked_at NULLS FIRST, f.id LIMIT 1 FOR UPDATE SKIP LOCKED
          ) AS each ORDER BY each.asked_at NULLS FIRST, each.id LIMIT 1
        )
        UPDATE files f SET asked_at = %(now)s FROM found WHERE f.workspace_id = found.workspace_id AND f.id = found.id
        RETURNING f.workspace_id, f.id, f.object, f.size, f.created_at
        """,
        now=transaction.clock(),
        before=transaction.clock() - again,
    )
    return Waiting(**row) if row else None


async def give_up(transaction: Transaction, before: datetime) -> list[tuple[UUID, UUID]]:
    """What has been pending since before then could not be looked at; which these are: (workspace, file)."""
    rows = await transaction.all(
        """
        UPDATE files f SET verdict = 'not_possible', version = version + 1, updated_at = %(now)s
        FROM workspaces w WHERE f.workspace_id = w.id AND f.verdict = 'pending' AND f.created_at <= %(before)s
        RETURNING f.workspace_id, f.id
        """,
        before=before,
        now=transaction.clock(),
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


async def decide(transaction: Transaction, file: File, verdict: Verdict) -> None:
    """What a locked file is from now on; the content of an infected one goes, at once."""
    await transaction.send(
        """
        UPDATE files f SET verdict = %(verdict)s, version = version + 1, updated_at = %(now)s
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(id)s
        """,
        workspace=file.workspace_id,
        id=file.id,
        verdict=verdict,
        now=transaction.clock(),
    )
    if verdict == "infected":
        await leaving.empty(transaction, file, LONG_AGO)


async def release(transaction: Transaction, file: File) -> None:
    """From now on the content of a locked file is given."""
    await transaction.send(
        """
        UPDATE files f SET released_at = %(now)s, version = version + 1, updated_at = %(now)s
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(id)s
        """,
        workspace=file.workspace_id,
        id=file.id,
        now=transaction.clock(),
    )


async def page(
    reading: ReadSession, workspace_id: UUID, after: UUID, most: int, *, verdicts: list[Verdict]
) -> list[Waiting]:
    """Files of a workspace behind an id, in order, of which so much is known."""
    rows = await reading.all(
        f"""
        SELECT f.workspace_id, f.id, f.object, f.size, f.created_at FROM files f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id > %(after)s AND f.verdict = ANY(%(verdicts)s) AND f.erased_at IS NULL ORDER BY f.id LIMIT {most}
        """,
        workspace=workspace_id,
        after=after,
        verdicts=verdicts,
    )
    return [Waiting(**row) for row in rows]
