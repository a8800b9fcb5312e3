"""The SQL of drafts and published versions, for every kind that has them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, LiteralString, TypeVar
from uuid import UUID

from dossier.drafting.model import Document, DraftRow, PublishedVersion
from dossier.foundation.database import Jsonb, ReadSession, Transaction

MAX_COMPILED = 500  # versions of a kind that a process keeps compiled; they never change

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Compiled(Generic[T]):
    """The published versions of a kind as `parse` makes them of their documents, each once in this process."""

    kind: LiteralString
    parse: Callable[[Document], T]
    _made: dict[tuple[UUID, int], T] = field(default_factory=dict)

    def of(self, template_id: UUID, version: int, document: Document) -> T:
        """What is made of a version, whose document is at hand."""
        key = (template_id, version)
        if key not in self._made:
            if len(self._made) >= MAX_COMPILED:
                self._made.pop(next(iter(self._made)))
            self._made[key] = self.parse(document)
        return self._made[key]

    def known(self, template_id: UUID, version: int) -> T | None:
        """The same, if this process has made it already."""
        return self._made.get((template_id, version))

    async def version(self, reading: ReadSession, workspace_id: UUID, template_id: UUID, version: int) -> T:
        """The version that something in scope points at."""
        if found := self.known(template_id, version):
            return found
        row = await reading.one(
            f"""
            SELECT document FROM {self.kind}_versions
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
              AND template_id = %(id)s AND version = %(version)s
            """,
            workspace=workspace_id,
            id=template_id,
            version=version,
        )
        return self.of(template_id, version, row["document"])


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where documents of a kind lie: `form_template` in `form_templates`, `form_template_versions`, `form_template_drafts`."""

    kind: LiteralString

    async def lock(self, transaction: Transaction, id: UUID) -> None:
        """Keep others from changing a template and its draft until the end of the transaction."""
        for table, key in ((f"{self.kind}s", "id"), (f"{self.kind}_drafts", "template_id")):
            await transaction.send(
                f"SELECT FROM {table} WHERE workspace_id = ANY(%(scope)s) AND {key} = %(id)s FOR UPDATE", id=id
            )

    async def draft(self, reading: ReadSession, id: UUID) -> DraftRow | None:
        """The draft in scope of a template."""
        row = await reading.first(
            f"""
            SELECT workspace_id, based_on, revision, document, updated_at FROM {self.kind}_drafts
            WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s
            """,
            id=id,
        )
        return DraftRow(**row) if row else None

    async def keep_draft(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, based_on: int, revision: int, document: Any
    ) -> None:
        """The draft as it is from now on."""
        await transaction.send(
            f"""
            INSERT INTO {self.kind}_drafts
              (workspace_id, template_id, based_on, revision, document, updated_at, updated_by)
            VALUES (%(workspace)s, %(id)s, %(based_on)s, %(revision)s, %(document)s, %(now)s, %(member)s)
            ON CONFLICT (workspace_id, template_id) DO UPDATE SET based_on = excluded.based_on,
              revision = excluded.revision, document = excluded.document, updated_at = excluded.updated_at,
              updated_by = excluded.updated_by
            """,
            workspace=workspace_id,
            id=id,
            based_on=based_on,
            revision=revision,
            document=Jsonb(document),
            now=transaction.clock(),
            member=transaction.actor.id if transaction.actor.type == "member" else None,
        )

    async def discard_draft(self, transaction: Transaction, id: UUID) -> bool:
        """Forget a draft; False when there is none."""
        row = await transaction.first(
            f"DELETE FROM {self.kind}_drafts WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s RETURNING revision",
            id=id,
        )
        return row is not None

    async def document(self, reading: ReadSession, id: UUID, version: int) -> Document | None:
        """The document of a version of a template in scope."""
        row = await reading.first(
            f"""
            SELECT document FROM {self.kind}_versions
            WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s AND version = %(version)s
            """,
            id=id,
            version=version,
        )
        return row["document"] if row else None

    async def versions(self, reading: ReadSession, id: UUID) -> list[PublishedVersion]:
        """The published versions of a template in scope, the newest first."""
        rows = await reading.all(
            f"""
            SELECT version, document, published_at FROM {self.kind}_versions
            WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s ORDER BY version DESC
            """,
            id=id,
        )
        return [PublishedVersion(**row) for row in rows]

    async def make_current(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, version: int, at: datetime
    ) -> None:
        """A version that was added at a time is the one that new things follow."""
        await transaction.send(
            f"""
            UPDATE {self.kind}s SET current_version = %(version)s, updated_at = %(now)s
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
            """,
            workspace=workspace_id,
            id=id,
            version=version,
            now=at,
        )

    async def archive(self, transaction: Transaction, id: UUID, archived: bool) -> None:
        """Put a template away, or bring it back."""
        now = transaction.clock()
        await transaction.send(
            f"""
            UPDATE {self.kind}s SET archived_at = %(archived_at)s, updated_at = %(now)s
            WHERE workspace_id = ANY(%(scope)s) AND id = %(id)s
            """,
            archived_at=now if archived else None,
            now=now,
            id=id,
        )
