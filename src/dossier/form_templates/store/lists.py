"""The SQL of lists of options that form templates share."""

from collections.abc import Mapping
from uuid import UUID

from dossier.form_templates.model.lists import OptionList, Using
from dossier.foundation.database import Jsonb, ReadSession, Transaction

_LIST = "workspace_id, id, slug, title, options, texts, version, created_at, updated_at"


async def option_lists(reading: ReadSession, workspace_id: UUID | None = None) -> list[OptionList]:
    """The lists in scope, of one workspace where one is named, by title."""
    rows = await reading.all(
        f"""
        SELECT {_LIST} FROM form_option_lists WHERE workspace_id = ANY(%(scope)s)
          AND (%(workspace)s::uuid IS NULL OR workspace_id = %(workspace)s) ORDER BY lower(title), id
        """,
        workspace=workspace_id,
    )
    return [OptionList(**row) for row in rows]


async def lock_option_lists(transaction: Transaction, workspace_id: UUID) -> None:
    """Two who change lists of a workspace do it one after the other."""
    await transaction.send(
        "SELECT pg_advisory_xact_lock(hashtextextended('option lists ' || %(workspace)s::text, 0))",
        workspace=workspace_id,
    )


async def used_by(reading: ReadSession, workspace_id: UUID) -> Mapping[str, list[Using]]:
    """Short name of a list → the form templates whose published version, or draft, has options by it."""
    rows = await reading.all(
        """
        WITH documents AS (
          SELECT t.id, v.document, false AS is_draft FROM form_templates t JOIN form_template_versions v
            ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version
            WHERE t.workspace_id = ANY(%(scope)s) AND t.workspace_id = %(workspace)s AND t.archived_at IS NULL
          UNION ALL
          SELECT d.template_id, d.document, true FROM form_template_drafts d
            WHERE d.workspace_id = ANY(%(scope)s) AND d.workspace_id = %(workspace)s)
        SELECT d.id AS template_id, element ->> 'list' AS slug, max(d.document ->> 'title') AS title,
               bool_or(NOT d.is_draft) AS published, bool_or(d.is_draft AND NOT element ? 'options') AS needs
        FROM documents d CROSS JOIN LATERAL jsonb_path_query(d.document, 'strict $.**?(@.type() == "object" && exists(@.list))') AS element
        GROUP BY d.id, element ->> 'list' ORDER BY title, d.id
        """,
        workspace=workspace_id,
    )
    found: dict[str, list[Using]] = {}
    for row in rows:
        found.setdefault(row.pop("slug") or "", []).append(Using(**row))
    return found


async def keep_option_list(transaction: Transaction, made: OptionList) -> None:
    """The list as it is from now on."""
    await transaction.send(
        """
        INSERT INTO form_option_lists (workspace_id, id, slug, title, options, texts, version, created_at, updated_at)
        VALUES (%(workspace)s, %(id)s, %(slug)s, %(title)s, %(options)s, %(texts)s, %(version)s, %(created)s, %(updated)s)
        ON CONFLICT (workspace_id, slug) DO UPDATE SET title = excluded.title, options = excluded.options,
          texts = excluded.texts, version = excluded.version, updated_at = excluded.updated_at
        """,
        workspace=made.workspace_id,
        id=made.id,
        slug=made.slug,
        title=made.title,
        options=Jsonb(made.options),
        texts=Jsonb(dict(made.texts)),
        version=made.version,
        created=made.created_at,
        updated=made.updated_at,
    )


async def remove_option_list(transaction: Transaction, workspace_id: UUID, slug: str) -> bool:
    """Forget a list; False where there is none. Versions that have its options keep them."""
    row = await transaction.first(
        """
        DELETE FROM form_option_lists
        WHERE workspace_id = ANY(%(scope)s) AND workspace_id = %(workspace)s AND slug = %(slug)s RETURNING id
        """,
        workspace=workspace_id,
        slug=slug,
    )
    return row is not None
