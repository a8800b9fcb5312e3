"""Where cases of a workspace mention a member, and what stands there instead once they are erased."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, Row, Transaction


async def cases_with(transaction: Transaction, workspace_id: UUID, id: UUID) -> list[Row]:
    """The cases that somebody with the id owns, or in whose steps they stand: `{id, steps}`."""
    return await transaction.all(
        """
        SELECT id, steps FROM cases
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (owner_id = %(id)s OR strpos(steps::text, %(id)s::text) > 0) ORDER BY id FOR NO KEY UPDATE
        """,
        workspace=workspace_id,
        id=id,
    )


async def forget_named(transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
    """Where else somebody's address or telephone number stands: views that look for it, and changes of many cases."""
    values = {"workspace": workspace_id, "text": text, "instead": instead}
    for statement in _FORGET_NAMED:
        await transaction.send(statement, **values)


_FORGET_NAMED = (
    """
    DELETE FROM case_views WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
      AND strpos(lower(parameters::text), lower(%(text)s)) > 0
    """,
    """
    UPDATE bulk_changes SET value = %(instead)s WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
      AND kind = 'owner' AND lower(value) = lower(%(text)s)
    """,
    """
    UPDATE bulk_results SET detail = NULL WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
      AND strpos(lower(detail), lower(%(text)s)) > 0
    """,
)


async def forget_views(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> None:
    """The views that somebody kept for themselves."""
    await transaction.send(
        """
        DELETE FROM case_views WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND member_id = %(member)s AND NOT shared
        """,
        workspace=workspace_id,
        member=member_id,
    )


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
