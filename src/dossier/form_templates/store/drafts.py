"""The SQL of drafts."""

from typing import Any
from uuid import UUID

from dossier.form_templates.model.rows import DraftRow
from dossier.foundation.database import Jsonb, ReadSession, Transaction


async def draft(reading: ReadSession, template_id: UUID, *, lock: bool = False) -> DraftRow | None:
    """The draft in scope of a template."""
    row = await reading.first(
        f"""
        SELECT workspace_id, based_on, revision, document, updated_at FROM form_template_drafts
        WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s {"FOR UPDATE" if lock else ""}
        """,
        id=template_id,
    )
    return DraftRow(**row) if row else None


async def keep_draft(
    transaction: Transaction, workspace_id: UUID, template_id: UUID, based_on: int, revision: int, document: Any
) -> None:
    """The draft as it is from now on."""
    await transaction.send(
        """
        INSERT INTO form_template_drafts (workspace_id, template_id, based_on, revision, document, updated_at, updated_by)
        VALUES (%(workspace)s, %(id)s, %(based_on)s, %(revision)s, %(document)s, %(now)s, %(member)s)
        ON CONFLICT (workspace_id, template_id) DO UPDATE SET based_on = excluded.based_on,
          revision = excluded.revision, document = excluded.document, updated_at = excluded.updated_at,
          updated_by = excluded.updated_by
        """,
        workspace=workspace_id,
        id=template_id,
        based_on=based_on,
        revision=revision,
        document=Jsonb(document),
        now=transaction.clock(),
        member=transaction.actor.id if transaction.actor.type == "member" else None,
    )


async def discard_draft(transaction: Transaction, template_id: UUID) -> bool:
    """Forget a draft; False when there is none."""
    row = await transaction.first(
        "DELETE FROM form_template_drafts WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s RETURNING revision",
        id=template_id,
    )
    return row is not None
