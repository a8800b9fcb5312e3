"""The SQL of the words in files."""

from dossier.files.model import File
from dossier.foundation.database import Transaction


async def keep(transaction: Transaction, file: File, text: str) -> bool:
    """Keep what a file says; whether it is still there, with its content."""
    row = await transaction.first(
        """
        WITH there AS (
          SELECT f.workspace_id, f.id FROM files f
          WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(id)s AND f.erased_at IS NULL
          FOR NO KEY UPDATE
        )
        INSERT INTO file_texts (workspace_id, file_id, text) SELECT workspace_id, id, %(text)s FROM there
        ON CONFLICT (workspace_id, file_id) DO UPDATE SET text = excluded.text RETURNING file_id
        """,
        workspace=file.workspace_id,
        id=file.id,
        text=text,
    )
    return row is not None
