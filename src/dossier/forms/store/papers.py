"""Responses as papers, as they were made."""

from uuid import UUID

from dossier.forms.model import Response
from dossier.foundation.database import ReadSession, Transaction


async def get(reading: ReadSession, response: Response, made_of: str) -> bytes | None:
    """The paper that was made of just that."""
    row = await reading.first(
        """
        SELECT content FROM form_papers p WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s)
          AND p.response_id = %(response)s AND p.made_of = %(made_of)s
        """,
        workspace=response.workspace_id,
        response=response.id,
        made_of=made_of,
    )
    return bytes(row["content"]) if row else None


async def forget(transaction: Transaction, workspace_id: UUID, file_id: UUID) -> None:
    """Those that may show a file: of whatever form holds it, also of what was asked again and begins with what was answered before."""
    await transaction.send(
        """
        DELETE FROM form_papers p WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.response_id IN (
          SELECT r.id FROM file_holders h
          LEFT JOIN form_responses own ON h.kind = 'response' AND own.workspace_id = h.workspace_id AND own.id = h.holder_id
          JOIN form_responses r ON r.workspace_id = h.workspace_id AND r.form_id = coalesce(own.form_id, h.holder_id)
          WHERE h.workspace_id = %(workspace)s AND h.file_id = %(file)s AND h.kind IN ('form', 'response'))
        """,
        workspace=workspace_id,
        file=file_id,
    )


async def keep(transaction: Transaction, response: Response, made_of: str, content: bytes) -> None:
    """In the place of an older one; nothing of a response that is gone."""
    await transaction.send(
        """
        INSERT INTO form_papers (workspace_id, response_id, made_of, content)
        SELECT r.workspace_id, r.id, %(made_of)s, %(content)s FROM form_responses r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.id = %(response)s
        ON CONFLICT (workspace_id, response_id) DO UPDATE SET made_of = excluded.made_of, content = excluded.content
        """,
        workspace=response.workspace_id,
        response=response.id,
        made_of=made_of,
        content=content,
    )
