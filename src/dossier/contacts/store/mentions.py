"""Documents of things in which somebody may stand by their id, such as who did a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class Mentions:
    """The `column` of a table of things, a document; `owner`: the column of whose they are."""

    table: str
    column: str
    owner: str

    async def of(self, transaction: Transaction, workspace_id: UUID, id: UUID) -> dict[UUID, Mapping[str, Any]]:
        """The things, locked, that somebody with the id owns, or in whose documents they stand: thing → its document."""
        rows = await transaction.all(
            f"""
            SELECT id, {self.column} AS document FROM {self.table}
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
              AND ({self.owner} = %(id)s OR strpos({self.column}::text, %(id)s::text) > 0) ORDER BY id FOR NO KEY UPDATE
            """,
            workspace=workspace_id,
            id=id,
        )
        return {row["id"]: row["document"] for row in rows}

    async def saying(
        self, transaction: Transaction, workspace_id: UUID, things: Sequence[UUID], text: str
    ) -> dict[UUID, Mapping[str, Any]]:
        """Those of the things, locked, in whose documents a text stands, however it is written: thing → its document."""
        rows = await transaction.all(
            f"""
            SELECT id, {self.column} AS document FROM {self.table}
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(things)s::uuid[])
              AND strpos(lower({self.column}::text), lower(%(text)s)) > 0 ORDER BY id FOR NO KEY UPDATE
            """,
            workspace=workspace_id,
            things=list(things),
            text=text,
        )
        return {row["id"]: row["document"] for row in rows}

    async def rewrite(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, document: Mapping[str, Any]
    ) -> None:
        """Put what the document says anew: only for erasing."""
        await transaction.send(
            f"""
            UPDATE {self.table} SET {self.column} = %(document)s
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
            """,
            workspace=workspace_id,
            id=id,
            document=Jsonb(document),
        )
