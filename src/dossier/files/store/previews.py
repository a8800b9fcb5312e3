"""The SQL of what was made of files."""

from collections.abc import Sequence

from dossier.files.model import File
from dossier.files.model.preview import Preview
from dossier.foundation.database import ReadSession, Transaction


async def find(reading: ReadSession, file: File, page: int, size: int) -> Preview | None:
    """A picture that is kept of a file that the reader may see."""
    row = await reading.first(
        """
        SELECT p.page, p.size, p.object, p.bytes AS length, p.sha256 FROM file_previews p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.file_id = %(file)s
          AND p.page = %(page)s AND p.size = %(size)s
        """,
        workspace=file.workspace_id,
        file=file.id,
        page=page,
        size=size,
    )
    return Preview(**row) if row else None


async def insert(transaction: Transaction, file: File, made: Sequence[Preview]) -> set[str]:
    """Keep what was made; under which objects: another may have made the same meanwhile."""
    rows = await transaction.all(
        """
        INSERT INTO file_previews (workspace_id, file_id, page, size, object, bytes, sha256)
        SELECT %(workspace)s, %(file)s, made.* FROM unnest(
          %(pages)s::int[], %(sizes)s::int[], %(objects)s::text[], %(bytes)s::bigint[], %(hashes)s::bytea[]) AS made
        WHERE %(workspace)s = ANY(%(scope)s)
        ON CONFLICT DO NOTHING RETURNING object
        """,
        workspace=file.workspace_id,
        file=file.id,
        pages=[each.page for each in made],
        sizes=[each.size for each in made],
        objects=[each.object for each in made],
        bytes=[each.length for each in made],
        hashes=[each.sha256 for each in made],
    )
    return {row["object"] for row in rows}


async def forget(transaction: Transaction, file: File, preview: Preview) -> None:
    """One whose content is lost: it is made anew."""
    await transaction.send(
        """
        DELETE FROM file_previews p WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s)
          AND p.file_id = %(file)s AND p.object = %(object)s
        """,
        workspace=file.workspace_id,
        file=file.id,
        object=preview.object,
    )


async def note(transaction: Transaction, file: File, pages: int | None, *, drawn: bool) -> None:
    """How many pages it turned out to have, and whether pictures of them can be made."""
    await transaction.send(
        """
        UPDATE files f SET pages = coalesce(%(pages)s, f.pages), drawn = %(drawn)s
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(file)s
        """,
        workspace=file.workspace_id,
        file=file.id,
        pages=pages,
        drawn=drawn,
    )


async def lock(transaction: Transaction, file: File) -> bool:
    """Hold the row of a file until the end of the transaction; whether it is still there, with the same content."""
    row = await transaction.first(
        """
        SELECT FROM files f WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(file)s
          AND f.object = %(object)s AND f.erased_at IS NULL AND f.verdict <> 'infected' FOR NO KEY UPDATE
        """,
        workspace=file.workspace_id,
        file=file.id,
        object=file.object,
    )
    return row is not None
