"""The SQL of changes of many cases: what was asked for, and what came of it for each."""

from collections.abc import Sequence
from uuid import UUID

from dossier.foundation.database import Reading, Row, Transaction
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored


async def insert(
    transaction: Transaction,
    workspace_id: UUID,
    id: UUID,
    kind: str,
    value: str | None,
    case_ids: Sequence[UUID],
    versions: Sequence[int] = (),
) -> None:
    """`versions`: of each case, the one whose change is to be taken back."""
    values = {"workspace": workspace_id, "id": id}
    await transaction.send(
        """
        INSERT INTO bulk_changes (workspace_id, id, member_id, kind, value, created_at)
        VALUES (%(workspace)s, %(id)s, %(member)s, %(kind)s, %(value)s, %(now)s)
        """,
        member=transaction.actor.id,
        kind=kind,
        value=value,
        now=transaction.clock(),
        **values,
    )
    await transaction.send(
        """
        INSERT INTO bulk_results (workspace_id, bulk_id, position, case_id, version)
        SELECT %(workspace)s, %(id)s, place, case_id, version
        FROM unnest(%(case_ids)s::uuid[], %(versions)s::bigint[]) WITH ORDINALITY AS chosen (case_id, version, place)
        """,
        case_ids=list(case_ids),
        versions=list(versions),
        **values,
    )


async def get(reading: Reading, workspace_id: UUID, id: UUID) -> Row | None:
    """`{id, member_id, kind, value, created_at, finished_at, total, changed, unchanged, refused, undoable}`."""
    return await reading.first(
        """
        SELECT b.id, b.member_id, b.kind, b.value, b.created_at, b.finished_at, count(*) AS total,
               count(*) FILTER (WHERE r.outcome = 'changed') AS changed,
               count(*) FILTER (WHERE r.outcome = 'unchanged') AS unchanged,
               count(*) FILTER (WHERE r.outcome = 'refused') AS refused,
               count(*) FILTER (WHERE r.outcome = 'changed' AND r.version IS NOT NULL) AS undoable
        FROM bulk_changes b JOIN bulk_results r ON r.workspace_id = b.workspace_id AND r.bulk_id = b.id
        WHERE b.workspace_id = %(workspace)s AND b.workspace_id = ANY(%(scope)s) AND b.id = %(id)s
        GROUP BY b.workspace_id, b.id
        """,
        workspace=workspace_id,
        id=id,
    )


async def results(reading: Reading, workspace_id: UUID, id: UUID, most: int) -> list[Row]:
    """What came of each case so far, refused ones first; the title only of cases that the caller may see.

    `why`: messages that say why it was refused.
    """
    rows = await reading.all(
        """
        SELECT r.case_id, r.outcome, r.detail, c.title, c.reference FROM bulk_results r
        LEFT JOIN cases c ON c.workspace_id = r.workspace_id AND c.id = r.case_id
          AND (%(only_owner)s::uuid IS NULL OR c.owner_id = %(only_owner)s)
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.bulk_id = %(id)s
          AND r.outcome IS NOT NULL
        ORDER BY r.outcome = 'refused' DESC, r.position LIMIT %(most)s
        """,
        workspace=workspace_id,
        id=id,
        most=most,
    )
    for row in rows:
        row["why"] = restored(row.pop("detail"))
    return rows


async def pending(reading: Reading, workspace_id: UUID, id: UUID, most: int) -> list[Row]:
    """The next cases to change: `{position, case_id, version}`."""
    return await reading.all(
        """
        SELECT position, case_id, version FROM bulk_results
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND bulk_id = %(id)s AND outcome IS NULL
        ORDER BY position LIMIT %(most)s
        """,
        workspace=workspace_id,
        id=id,
        most=most,
    )


async def note(
    transaction: Transaction,
    workspace_id: UUID,
    id: UUID,
    position: int,
    outcome: str,
    why: Sequence[Message] = (),
    version: int | None = None,
) -> None:
    """Keep what came of one case; `why` it was refused; `version`: of its history, by which it can be taken back."""
    await transaction.send(
        """
        UPDATE bulk_results SET outcome = %(outcome)s, detail = %(detail)s, version = %(version)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND bulk_id = %(id)s
          AND position = %(position)s
        """,
        workspace=workspace_id,
        id=id,
        position=position,
        outcome=outcome,
        detail=stored(why) if why else None,
        version=version,
    )


async def finish(transaction: Transaction, workspace_id: UUID, id: UUID) -> None:
    await transaction.send(
        """
        UPDATE bulk_changes SET finished_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=workspace_id,
        id=id,
        now=transaction.clock(),
    )


async def give_up(transaction: Transaction, working: Sequence[str], why: Message) -> None:
    """End the changes, in every workspace, that no job works on any more: the cases that are left were refused."""
    await transaction.send(
        """
        WITH gone AS (
          UPDATE bulk_changes SET finished_at = %(now)s WHERE finished_at IS NULL
            AND created_at < %(now)s::timestamptz - interval '1 minute' AND id <> ALL(%(working)s::uuid[])
          RETURNING workspace_id, id
        )
        UPDATE bulk_results r SET outcome = 'refused', detail = %(detail)s FROM gone
        WHERE r.workspace_id = gone.workspace_id AND r.bulk_id = gone.id AND r.outcome IS NULL
        """,
        now=transaction.clock(),
        working=list(working),
        detail=stored([why]),
    )


async def changed(reading: Reading, workspace_id: UUID, id: UUID) -> list[Row]:
    """The cases that a change did change, in its order, and how it can be taken back: `{case_id, version}`."""
    return await reading.all(
        """
        SELECT case_id, version FROM bulk_results WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND bulk_id = %(id)s AND outcome = 'changed' AND version IS NOT NULL ORDER BY position
        """,
        workspace=workspace_id,
        id=id,
    )


async def owned(reading: Reading, workspace_id: UUID, owner_id: UUID) -> list[UUID]:
    """The cases of an owner that are not archived."""
    rows = await reading.all(
        """
        SELECT id FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND owner_id = %(owner)s AND archived_at IS NULL ORDER BY created_at, id
        """,
        workspace=workspace_id,
        owner=owner_id,
    )
    return [row["id"] for row in rows]


async def forget(transaction: Transaction) -> None:
    """Delete what was finished a month ago, in every workspace: for the server itself."""
    await transaction.send(
        "DELETE FROM bulk_changes WHERE finished_at < %(now)s::timestamptz - interval '30 days'",
        now=transaction.clock(),
    )
