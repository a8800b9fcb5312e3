"""The SQL of saved views."""

from collections.abc import Mapping
from uuid import UUID

from dossier.foundation.database import Jsonb, Reading, Row, Transaction
from dossier.foundation.identifiers import new_id


async def of_member(reading: Reading, workspace_id: UUID, member_id: UUID) -> list[Row]:
    """The views that a member has, theirs and shared ones, by name: `{id, name, shared, mine, parameters}`."""
    return await reading.all(
        """
        SELECT id, name, shared, member_id = %(member)s AS mine, parameters FROM case_views
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND (shared OR member_id = %(member)s)
        ORDER BY lower(name), id
        """,
        workspace=workspace_id,
        member=member_id,
    )


async def insert(
    transaction: Transaction,
    workspace_id: UUID,
    name: str,
    parameters: Mapping[str, list[str]],
    *,
    member_id: UUID,
    shared: bool,
) -> UUID:
    """A new view; its id."""
    id = new_id()
    await transaction.send(
        """
        INSERT INTO case_views (workspace_id, id, member_id, shared, name, parameters, created_at)
        VALUES (%(workspace)s, %(id)s, %(member)s, %(shared)s, %(name)s, %(parameters)s, %(now)s)
        """,
        workspace=workspace_id,
        id=id,
        member=member_id,
        shared=shared,
        name=name,
        parameters=Jsonb(parameters),
        now=transaction.clock(),
    )
    return id


async def delete(transaction: Transaction, workspace_id: UUID, id: UUID, *, owned_by: UUID | None) -> bool:
    """Forget a view (of that member only, if one is named); False when there is none."""
    row = await transaction.first(
        """
        DELETE FROM case_views WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
          AND (%(owned_by)s::uuid IS NULL OR member_id = %(owned_by)s) AND (shared OR member_id = %(member)s)
        RETURNING id
        """,
        workspace=workspace_id,
        id=id,
        owned_by=owned_by,
        member=transaction.actor.id,
    )
    return row is not None
