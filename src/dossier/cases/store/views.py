"""The SQL of saved views."""

from collections.abc import Mapping
from uuid import UUID

from dossier.foundation.database import Jsonb, Reading, Row, Transaction
from dossier.foundation.identifiers import new_id


async def of_member(reading: Reading, workspace_id: UUID, member_id: UUID) -> list[Row]:
    """The views that a member has, theirs and shared ones, by name: `{id, name, shared, mine, first, parameters}`."""
    return await reading.all(
        """
        SELECT v.id, v.name, v.shared, v.member_id = %(member)s AS mine, d.view_id IS NOT NULL AS first, v.parameters
        FROM case_views v LEFT JOIN case_view_defaults d
          ON d.workspace_id = v.workspace_id AND d.view_id = v.id AND d.member_id = %(member)s
        WHERE v.workspace_id = %(workspace)s AND v.workspace_id = ANY(%(scope)s)
          AND (v.shared OR v.member_id = %(member)s)
        ORDER BY lower(v.name), v.id
        """,
        workspace=workspace_id,
        member=member_id,
    )


async def first(reading: Reading, workspace_id: UUID, member_id: UUID) -> Row | None:
    """The view that a member sees first: `{id, parameters}`."""
    return await reading.first(
        """
        SELECT v.id, v.parameters FROM case_view_defaults d
        JOIN case_views v ON v.workspace_id = d.workspace_id AND v.id = d.view_id
        WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s) AND d.member_id = %(member)s
          AND (v.shared OR v.member_id = %(member)s)
        """,
        workspace=workspace_id,
        member=member_id,
    )


async def show_first(transaction: Transaction, workspace_id: UUID, member_id: UUID, id: UUID | None) -> None:
    """Set or forget (None) the view that a member sees first."""
    values = {"workspace": workspace_id, "member": member_id}
    await transaction.send(
        "DELETE FROM case_view_defaults WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " AND member_id = %(member)s",
        **values,
    )
    await transaction.send(
        """
        INSERT INTO case_view_defaults (workspace_id, member_id, view_id)
        SELECT workspace_id, %(member)s, id FROM case_views
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
          AND (shared OR member_id = %(member)s)
        """,
        id=id,
        **values,
    )


async def change(
    transaction: Transaction,
    workspace_id: UUID,
    id: UUID,
    name: str,
    parameters: Mapping[str, list[str]] | None,
    *,
    owned_by: UUID | None,
) -> Row | None:
    """Another name, and what it shows if that is given (of that member only, if one is named); None when there is none."""
    return await transaction.first(
        """
        UPDATE case_views SET name = %(name)s, parameters = coalesce(%(parameters)s, parameters)
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
          AND (%(owned_by)s::uuid IS NULL OR member_id = %(owned_by)s) AND (shared OR member_id = %(member)s)
        RETURNING id
        """,
        workspace=workspace_id,
        id=id,
        name=name,
        parameters=None if parameters is None else Jsonb(parameters),
        owned_by=owned_by,
        member=transaction.actor.id,
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
