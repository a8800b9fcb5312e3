"""The SQL of the words in files."""

from dossier.files.model import File
from dossier.foundation.database import Transaction

_MOST = 50_000  # characters of a file among what its case is found by


def words_in(kind: str, alias: str) -> str:
    """SQL of the texts of the files that a thing under its alias shows: a text[], null where there is none."""
    return f"""
    (SELECT array_agg(left(t.text, {_MOST}) ORDER BY t.file_id)
     FROM file_holders h JOIN file_texts t ON t.workspace_id = h.workspace_id AND t.file_id = h.file_id
     WHERE h.workspace_id = {alias}.workspace_id AND h.holder_id = {alias}.id AND h.kind = '{kind}'
       AND (h.put OR h.fields <> '{{}}'))
    """


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
