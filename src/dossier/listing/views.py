"""The SQL of saved views: what a list shows, kept under a name, in tables of the kind's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.database import Jsonb, ReadSession, Transaction
from dossier.foundation.identifiers import new_id

Parameters = Mapping[str, list[str]]
"""What a view keeps: the parameters of the list's address."""

_OF_MEMBER = """
SELECT v.id, v.name, v.shared, v.member_id = %(member)s AS mine, d.view_id IS NOT NULL AS first, v.parameters
FROM {views} v LEFT JOIN {defaults} d
  ON d.workspace_id = v.workspace_id AND d.view_id = v.id AND d.member_id = %(member)s
WHERE v.workspace_id = %(workspace)s AND v.workspace_id = ANY(%(scope)s)
  AND (v.shared OR v.member_id = %(member)s)
ORDER BY lower(v.name), v.id
"""
_SHOW_NONE_FIRST = """
DELETE FROM {defaults} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND member_id = %(member)s
"""
_SHOW_FIRST = """
INSERT INTO {defaults} (workspace_id, member_id, view_id)
SELECT workspace_id, %(member)s, id FROM {views}
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
  AND (shared OR member_id = %(member)s)
"""
_CHANGE = """
UPDATE {views} SET name = %(name)s, parameters = coalesce(%(parameters)s, parameters)
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
  AND (%(owned_by)s::uuid IS NULL OR member_id = %(owned_by)s) AND (shared OR member_id = %(member)s)
RETURNING id
"""
_INSERT = """
INSERT INTO {views} (workspace_id, id, member_id, shared, name, parameters, created_at)
VALUES (%(workspace)s, %(id)s, %(member)s, %(shared)s, %(name)s, %(parameters)s, %(now)s)
"""
_DELETE = """
DELETE FROM {views} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
  AND (%(owned_by)s::uuid IS NULL OR member_id = %(owned_by)s) AND (shared OR member_id = %(member)s)
RETURNING id
"""
_FORGET_TEXT = """
DELETE FROM {views} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
  AND strpos(lower(parameters::text), lower(%(text)s)) > 0
"""
_FORGET_OF = """
DELETE FROM {views} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
  AND member_id = %(member)s AND NOT shared
"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as a member has it: theirs (`mine`) or shared, and whether it is what they see `first`."""

    id: UUID
    name: str
    shared: bool
    mine: bool
    first: bool
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of one kind of thing: the table that keeps them, and that of which one a member sees first."""

    table: str
    defaults: str

    def _sql(self, text: str) -> str:
        return text.format(views=self.table, defaults=self.defaults)

    async def of_member(self, reading: ReadSession, workspace_id: UUID, member_id: UUID) -> list[SavedView]:
        """The views that a member has, theirs and shared ones, by name."""
        rows = await reading.all(self._sql(_OF_MEMBER), workspace=workspace_id, member=member_id)
        return [SavedView(**row) for row in rows]

    async def first(self, reading: ReadSession, workspace_id: UUID, member_id: UUID) -> SavedView | None:
        """The view that a member sees first."""
        return next((each for each in await self.of_member(reading, workspace_id, member_id) if each.first), None)

    async def show_first(self, tx: Transaction, workspace_id: UUID, member_id: UUID, id: UUID | None) -> None:
        """Set or forget (None) the view that a member sees first."""
        values = {"workspace": workspace_id, "member": member_id}
        await tx.send(self._sql(_SHOW_NONE_FIRST), **values)
        await tx.send(self._sql(_SHOW_FIRST), id=id, **values)

    async def change(
        self,
        tx: Transaction,
        workspace_id: UUID,
        id: UUID,
        name: str,
        parameters: Parameters | None,
        owned_by: UUID | None,
    ) -> bool:
        """Another name, and what it shows if that is given (of that member only, if one is named); False when there is none."""
        changed = await tx.first(
            self._sql(_CHANGE),
            workspace=workspace_id,
            id=id,
            name=name,
            parameters=None if parameters is None else Jsonb(parameters),
            owned_by=owned_by,
            member=tx.actor.id,
        )
        return changed is not None

    async def insert(
        self, tx: Transaction, workspace_id: UUID, name: str, parameters: Parameters, *, member_id: UUID, shared: bool
    ) -> UUID:
        """A new view; its id."""
        id = new_id()
        await tx.send(
            self._sql(_INSERT),
            workspace=workspace_id,
            id=id,
            member=member_id,
            shared=shared,
            name=name,
            parameters=Jsonb(parameters),
            now=tx.clock(),
        )
        return id

    async def delete(self, tx: Transaction, workspace_id: UUID, id: UUID, *, owned_by: UUID | None) -> bool:
        """Forget a view (of that member only, if one is named); False when there is none."""
        values = {"workspace": workspace_id, "id": id, "owned_by": owned_by, "member": tx.actor.id}
        return await tx.first(self._sql(_DELETE), **values) is not None

    async def forget_text(self, tx: Transaction, workspace_id: UUID, text: str) -> None:
        """Forget the views that look for a text, such as the address of somebody who is erased."""
        await tx.send(self._sql(_FORGET_TEXT), workspace=workspace_id, text=text)

    async def forget_of(self, tx: Transaction, workspace_id: UUID, member_id: UUID) -> None:
        """Forget the views that a member kept for themselves."""
        await tx.send(self._sql(_FORGET_OF), workspace=workspace_id, member=member_id)
