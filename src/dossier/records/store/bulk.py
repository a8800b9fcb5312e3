"""The SQL of changes of many things: what was asked for, and what came of it for each."""

from collections.abc import Sequence
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored
from dossier.records.model import BulkAsked, BulkChange, BulkItem, BulkResult, Record, T


async def insert(
    transaction: Transaction,
    record: Record[T],
    workspace_id: UUID,
    id: UUID,
    kind: str,
    value: str | None,
    ids: Sequence[UUID],
    versions: Sequence[int] = (),
) -> None:
    """`versions`: of each thing, the one whose change is to be taken back."""
    values = {"workspace": workspace_id, "id": id}
    await transaction.send(
        """
        INSERT INTO bulk_changes (workspace_id, id, record, member_id, kind, value, created_at)
        VALUES (%(workspace)s, %(id)s, %(record)s, %(member)s, %(kind)s, %(value)s, %(now)s)
        """,
        record=record.name,
        member=transaction.actor.id,
        kind=kind,
        value=value,
        now=transaction.clock(),
        **values,
    )
    await transaction.send(
        """
        INSERT INTO bulk_results (workspace_id, bulk_id, position, record_id, version)
        SELECT %(workspace)s, %(id)s, place, record_id, version
        FROM unnest(%(ids)s::uuid[], %(versions)s::bigint[]) WITH ORDINALITY AS chosen (record_id, version, place)
        """,
        ids=list(ids),
        versions=list(versions),
        **values,
    )


async def get(reading: ReadSession, record: Record[T], workspace_id: UUID, id: UUID) -> BulkChange | None:
    """A change of many things of this kind."""
    row = await reading.first(
        """
        SELECT b.id, b.member_id, b.kind, b.value, b.created_at, b.finished_at, count(*) AS total,
               count(*) FILTER (WHERE r.outcome = 'changed') AS changed,
               count(*) FILTER (WHERE r.outcome = 'unchanged') AS unchanged,
               count(*) FILTER (WHERE r.outcome = 'refused') AS refused,
               count(*) FILTER (WHERE r.outcome = 'changed' AND r.version IS NOT NULL) AS undoable
        FROM bulk_changes b JOIN bulk_results r ON r.workspace_id = b.workspace_id AND r.bulk_id = b.id
        WHERE b.workspace_id = %(workspace)s AND b.workspace_id = ANY(%(scope)s) AND b.id = %(id)s
          AND b.record = %(record)s
        GROUP BY b.workspace_id, b.id
        """,
        workspace=workspace_id,
        id=id,
        record=record.name,
    )
    return BulkChange(**row) if row else None


async def asked(reading: ReadSession, workspace_id: UUID, id: UUID) -> BulkAsked | None:
    """What a change does, as it stands by now."""
    row = await reading.first(
        """
        SELECT member_id, kind, value FROM bulk_changes
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=workspace_id,
        id=id,
    )
    return BulkAsked(**row) if row else None


async def results(reading: ReadSession, workspace_id: UUID, id: UUID, most: int) -> list[BulkResult]:
    """What came of each thing so far, refused ones first."""
    rows = await reading.all(
        """
        SELECT record_id AS id, outcome, detail FROM bulk_results
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND bulk_id = %(id)s
          AND outcome IS NOT NULL
        ORDER BY outcome = 'refused' DESC, position LIMIT %(most)s
        """,
        workspace=workspace_id,
        id=id,
        most=most,
    )
    return [BulkResult(row["id"], row["outcome"], restored(row["detail"])) for row in rows]


async def pending(reading: ReadSession, workspace_id: UUID, id: UUID, most: int) -> list[BulkItem]:
    """The next things to change."""
    rows = await reading.all(
        """
        SELECT position, record_id AS id, version FROM bulk_results
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND bulk_id = %(id)s AND outcome IS NULL
        ORDER BY position LIMIT %(most)s
        """,
        workspace=workspace_id,
        id=id,
        most=most,
    )
    return [BulkItem(**row) for row in rows]


async def note(
    transaction: Transaction,
    workspace_id: UUID,
    id: UUID,
    position: int,
    outcome: str,
    why: Sequence[Message] = (),
    version: int | None = None,
) -> None:
    """Keep what came of one thing; `why` it was refused; `version`: of its history, by which it can be taken back."""
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


async def give_up(transaction: Transaction, record: Record[T], working: Sequence[str], why: Message) -> None:
    """End the changes, in every workspace, that no job works on any more: the things that are left were refused."""
    await transaction.send(
        """
        WITH gone AS (
          UPDATE bulk_changes SET finished_at = %(now)s WHERE finished_at IS NULL AND record = %(record)s
            AND created_at < %(now)s::timestamptz - interval '1 minute' AND id <> ALL(%(working)s::uuid[])
          RETURNING workspace_id, id
        )
        UPDATE bulk_results r SET outcome = 'refused', detail = %(detail)s FROM gone
        WHERE r.workspace_id = gone.workspace_id AND r.bulk_id = gone.id AND r.outcome IS NULL
        """,
        now=transaction.clock(),
        record=record.name,
        working=list(working),
        detail=stored([why]),
    )


async def changed(reading: ReadSession, workspace_id: UUID, id: UUID) -> list[BulkItem]:
    """The things that a change did change, in its order, and how it can be taken back."""
    rows = await reading.all(
        """
        SELECT position, record_id AS id, version FROM bulk_results
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND bulk_id = %(id)s AND outcome = 'changed' AND version IS NOT NULL ORDER BY position
        """,
        workspace=workspace_id,
        id=id,
    )
    return [BulkItem(**row) for row in rows]


async def forget_text(transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
    """Put something else in the place of a text that was asked for as a value, and take it out of the reasons of refusals."""
    values = {"workspace": workspace_id, "text": text, "instead": instead}
    await transaction.send(
        """
        UPDATE bulk_changes SET value = %(instead)s WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND lower(value) = lower(%(text)s)
        """,
        **values,
    )
    await transaction.send(
        """
        UPDATE bulk_results SET detail = NULL WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND strpos(lower(detail), lower(%(text)s)) > 0
        """,
        **values,
    )


async def purge_expired(transaction: Transaction) -> None:
    """Delete what was finished a month ago, in every workspace: for the server itself."""
    await transaction.send(
        "DELETE FROM bulk_changes WHERE finished_at < %(now)s::timestamptz - interval '30 days'",
        now=transaction.clock(),
    )
