"""Where cases of a workspace mention a member in what they are, and what stands there instead once they are erased."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, Transaction


async def steps_with(transaction: Transaction, workspace_id: UUID, id: UUID) -> dict[UUID, Mapping[str, Any]]:
    """The cases, locked, that somebody with the id owns, or in whose steps they stand: case → its steps."""
    rows = await transaction.all(
        """
        SELECT id, steps FROM cases
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (owner_id = %(id)s OR strpos(steps::text, %(id)s::text) > 0) ORDER BY id FOR NO KEY UPDATE
        """,
        workspace=workspace_id,
        id=id,
    )
    return {row["id"]: row["steps"] for row in rows}


async def rewrite_steps(transaction: Transaction, workspace_id: UUID, case_id: UUID, steps: Mapping[str, Any]) -> None:
    """Put what the steps say anew, and have the words of the case taken anew: only for erasing."""
    values = {"workspace": workspace_id, "id": case_id}
    await transaction.send(
        """
        UPDATE cases SET steps = %(steps)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        steps=Jsonb(steps),
        **values,
    )
    await transaction.send("INSERT INTO search_queue (workspace_id, case_id) VALUES (%(workspace)s, %(id)s)", **values)
