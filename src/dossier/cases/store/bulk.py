"""What changes of many cases need to know of them: what they are called, and whose they are."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dossier.cases.store.collection import VISIBLE
from dossier.foundation.database import ReadSession


@dataclass(frozen=True, slots=True)
class Named:
    """What a case is called."""

    id: UUID
    title: str
    reference: str | None


async def names(reading: ReadSession, workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, Named]:
    """The names of those of the cases that the caller may see."""
    rows = await reading.all(
        f"""
        SELECT c.id, c.title, c.reference FROM cases c
        WHERE {VISIBLE} AND c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)
        """,
        workspace=workspace_id,
        ids=list(case_ids),
    )
    return {row["id"]: Named(**row) for row in rows}


async def owned(reading: ReadSession, workspace_id: UUID, owner_id: UUID) -> list[UUID]:
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
