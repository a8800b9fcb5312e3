"""What jobs keep in order: counters folded, indexed fields back-filled, old answers forgotten."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dossier.foundation.database import Transaction

FOLDED_AT_ONCE = 10_000  # counter rows
NO_ID = UUID(int=0)


async def fold_counts(transaction: Transaction) -> int:
    """Add appended counter rows to the counters; how many rows those were."""
    row = await transaction.one(
        """
        WITH folded AS (
          DELETE FROM case_count_deltas WHERE (workspace_id, id) IN
            (SELECT workspace_id, id FROM case_count_deltas LIMIT %(most)s FOR UPDATE SKIP LOCKED)
          RETURNING workspace_id, archived, delta
        ), added AS (
          INSERT INTO case_counts AS c (workspace_id, archived, count)
          SELECT workspace_id, archived, sum(delta) FROM folded GROUP BY workspace_id, archived
          ON CONFLICT (workspace_id, archived) DO UPDATE SET count = c.count + excluded.count
        )
        SELECT count(*) AS count FROM folded
        """,
        most=FOLDED_AT_ONCE,
    )
    number: int = row["count"]
    return number


async def register_indexed(transaction: Transaction, workspace_id: UUID, fields: Sequence[str]) -> list[str]:
    """Note that these fields are indexed in the workspace from now on; those that were not are given back.

    Cases that are being inserted hold the workspace's row (their foreign key does): they are waited for, and later
    ones wait for us, so that no case is made that neither knows of the field nor is seen by its back-fill.
    """
    await transaction.send(
        "SELECT FROM workspaces WHERE id = %(workspace)s AND id = ANY(%(scope)s) FOR UPDATE", workspace=workspace_id
    )
    rows = await transaction.all(
        """
        INSERT INTO indexed_fields (workspace_id, field) SELECT %(workspace)s, unnest(%(fields)s::text[])
        ON CONFLICT DO NOTHING RETURNING field
        """,
        workspace=workspace_id,
        fields=sorted(fields),
    )
    return [row["field"] for row in rows]


async def unready(transaction: Transaction) -> list[tuple[UUID, str]]:
    """The fields of all workspaces that wait for their back-fill: `(workspace, field)`."""
    rows = await transaction.all("SELECT workspace_id, field FROM indexed_fields WHERE NOT ready ORDER BY 1, 2")
    return [(row["workspace_id"], row["field"]) for row in rows]


async def case_ids_after(transaction: Transaction, workspace_id: UUID, after: UUID, most: int) -> list[UUID]:
    """The next ids of the workspace's cases in the order of ids."""
    rows = await transaction.all(
        """
        SELECT id FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id > %(after)s
        ORDER BY id LIMIT %(most)s
        """,
        workspace=workspace_id,
        after=after,
        most=most,
    )
    return [row["id"] for row in rows]


async def touch(transaction: Transaction, workspace_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Make new row versions of locked cases, so that who began to wait for them before reads them again."""
    await transaction.send(
        """
        UPDATE cases SET version = version
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
        """,
        workspace=workspace_id,
        ids=list(case_ids),
    )


async def mark_ready(transaction: Transaction, workspace_id: UUID, field: str) -> None:
    """From now on filters on the field are answered from the side table."""
    await transaction.send(
        """
        UPDATE indexed_fields SET ready = true
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
        """,
        workspace=workspace_id,
        field=field,
    )


async def forget_answers(transaction: Transaction, before: datetime) -> None:
    """Forget stored answers of idempotent requests older than that."""
    await transaction.send("DELETE FROM idempotency_keys WHERE created_at < %(before)s", before=before)
