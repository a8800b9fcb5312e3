"""The SQL of lists of options that form templates share."""

from uuid import UUID

from dossier.form_templates.model.lists import OptionList
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
