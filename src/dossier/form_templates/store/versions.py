"""The SQL of form templates and their versions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier.drafting import Compiled, Shelf
from dossier.form_templates.model import (
    FormTemplateVersion,
    parse_stored,
)
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction

SHELF = Shelf("form_template")
_VERSION = """
t.workspace_id, t.id, t.slug, v.version, v.document, v.published_at, t.archived_at, t.created_at, t.updated_at
"""
_VERSIONS = "form_templates t JOIN form_template_versions v ON v.workspace_id = t.workspace_id AND v.template_id = t.id"
_CURRENT = f"{_VERSIONS} AND v.version = t.current_version"

WITHIN = "(%(within)s::uuid[] IS NULL OR {}.workspace_id = ANY(%(within)s))"
"""SQL that narrows rows of an alias to some workspaces, where any are named."""

COMPILED = Compiled("form_template", parse_stored)
known, version = COMPILED.known, COMPILED.version


async def get(reading: ReadSession, template_id: UUID) -> FormTemplateVersion | None:
    """The current version of a template in scope."""
    row = await reading.first(
        f"SELECT {_VERSION} FROM {_CURRENT} WHERE t.workspace_id = ANY(%(scope)s) AND t.id = %(id)s", id=template_id
    )
    return _version(row) if row else None


async def find(reading: ReadSession, slug: str, workspace_ids: Sequence[UUID] | None = None) -> list[tuple[UUID, UUID]]:
    """Workspace and id of each template in scope of that slug, also of those that have only a draft."""
    rows = await reading.all(
        f"""
        SELECT workspace_id, id FROM form_templates t WHERE t.workspace_id = ANY(%(scope)s) AND t.slug = %(slug)s
          AND {WITHIN.format("t")} ORDER BY workspace_id
        """,
        slug=slug,
        within=list(workspace_ids) if workspace_ids is not None else None,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


async def insert(transaction: Transaction, workspace_id: UUID, id: UUID, slug: str) -> bool:
    """A template that has no version yet; False where the slug is another's."""
    row = await transaction.first(
        """
        INSERT INTO form_templates (workspace_id, id, slug, current_version, created_at, updated_at)
        VALUES (%(workspace)s, %(id)s, %(slug)s, 0, %(now)s, %(now)s)
        ON CONFLICT (workspace_id, slug) DO NOTHING RETURNING id
        """,
        workspace=workspace_id,
        id=id,
        slug=slug,
        now=transaction.clock(),
    )
    return row is not None


async def publish(
    transaction: Transaction, workspace_id: UUID, id: UUID, version: int, document: Mapping[str, Any], locale: str
) -> None:
    """Add a version and make it the current one."""
    now = transaction.clock()
    await transaction.send(
        """
        INSERT INTO form_template_versions (workspace_id, template_id, version, title, locale, document, published_at)
        VALUES (%(workspace)s, %(id)s, %(version)s, %(title)s, %(locale)s, %(document)s, %(now)s)
        """,
        workspace=workspace_id,
        id=id,
        version=version,
        title=document["title"],
        locale=locale,
        document=Jsonb(dict(document)),
        now=now,
    )
    await SHELF.make_current(transaction, workspace_id, id, version, now)


async def forget(transaction: Transaction, template_id: UUID) -> None:
    """Forget a template that was never published, so that its slug is free again."""
    await transaction.send(
        "DELETE FROM form_templates WHERE workspace_id = ANY(%(scope)s) AND id = %(id)s AND current_version = 0",
        id=template_id,
    )


def _version(row: Row) -> FormTemplateVersion:
    template = COMPILED.of(row["id"], row["version"], row["document"])
    return FormTemplateVersion(**row, template=template)
