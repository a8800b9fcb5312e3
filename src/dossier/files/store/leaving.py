"""The SQL of what files take up, and of content whose file is gone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dossier.files.model import File
from dossier.foundation.database import ReadSession, Transaction


class Left(NamedTuple):
    """Content whose file is gone."""

    workspace_id: UUID
    object: str


class Expected(NamedTuple):
    """What a file says of its content: for who holds both against each other."""

    workspace_id: UUID
    id: UUID
    object: str
    size: int
    sha256: bytes


async def use(transaction: Transaction, workspace_id: UUID, bytes: int) -> int:
    """Count so many bytes more, or fewer, in a workspace; how many there are then. Others wait for the end of the transaction."""
    row = await transaction.one(
        """
        INSERT INTO file_usage AS u (workspace_id, bytes) VALUES (%(workspace)s, greatest(%(bytes)s, 0))
        ON CONFLICT (workspace_id) DO UPDATE SET bytes = greatest(u.bytes + %(bytes)s, 0) RETURNING bytes
        """,
        workspace=workspace_id,
        bytes=bytes,
    )
    return int(row["bytes"])


async def used(reading: ReadSession, workspace_id: UUID) -> int:
    """How many bytes the files of a workspace have."""
    row = await reading.first(
        "SELECT bytes FROM file_usage WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)",
        workspace=workspace_id,
    )
    return int(row["bytes"]) if row else 0


async def delete(transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Delete the rows of locked files that nothing holds, and remember that their content is left."""
    row = await transaction.one(
        """
        WITH gone AS (
          DELETE FROM files WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
          RETURNING workspace_id, object, size, erased_at
        ), left_over AS (
          INSERT INTO file_objects_left (workspace_id, object, since)
          SELECT workspace_id, object, %(now)s FROM gone WHERE erased_at IS NULL
        )
        SELECT coalesce(sum(size), 0)::bigint AS bytes FROM gone WHERE erased_at IS NULL
        """,
        workspace=workspace_id,
        ids=list(ids),
        now=transaction.clock(),
    )
    await use(transaction, workspace_id, -row["bytes"])


async def empty(transaction: Transaction, file: File, since: datetime) -> None:
    """Remember that the content of a locked file is left `since` then, of which everything else stays."""
    await transaction.send(
        """
        WITH emptied AS (
          UPDATE files SET erased_at = %(now)s, updated_at = %(now)s, version = version + 1
          WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
          RETURNING workspace_id, object
        )
        INSERT INTO file_objects_left (workspace_id, object, since) SELECT workspace_id, object, %(since)s FROM emptied
        """,
        workspace=file.workspace_id,
        id=file.id,
        now=transaction.clock(),
        since=since,
    )
    await use(transaction, file.workspace_id, -file.size)


async def going(reading: ReadSession, before: datetime, most: int) -> list[tuple[UUID, UUID]]:
    """Files of every workspace whose time is over and that nothing holds: workspace and id."""
    rows = await reading.all(
        f"""
        SELECT found.workspace_id, found.id FROM workspaces w CROSS JOIN LATERAL (
          SELECT f.workspace_id, f.id FROM files f WHERE f.workspace_id = w.id AND f.goes_at < %(before)s
            AND NOT EXISTS (SELECT FROM file_holders h WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id)
          ORDER BY f.goes_at LIMIT {most}
        ) AS found LIMIT {most}
        """,
        before=before,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


async def left(reading: ReadSession, before: datetime, most: int) -> list[Left]:
    """Content of every workspace whose file has been gone since before then."""
    rows = await reading.all(
        f"""
        SELECT found.workspace_id, found.object FROM workspaces w CROSS JOIN LATERAL (
          SELECT l.workspace_id, l.object FROM file_objects_left l
          WHERE l.workspace_id = w.id AND l.since <= %(before)s ORDER BY l.since LIMIT {most}
        ) AS found LIMIT {most}
        """,
        before=before,
    )
    return [Left(**row) for row in rows]


async def forget(transaction: Transaction, gone: Sequence[Left]) -> None:
    """Their content is deleted."""
    await transaction.send(
        """
        DELETE FROM file_objects_left l USING unnest(%(workspaces)s::uuid[], %(objects)s::text[]) AS gone (workspace_id, object)
        WHERE l.workspace_id = gone.workspace_id AND l.object = gone.object
        """,
        workspaces=[each.workspace_id for each in gone],
        objects=[each.object for each in gone],
    )


async def known(reading: ReadSession, objects: Collection[str]) -> set[str]:
    """Those of the objects, of whichever workspace, that a file has, or had and leaves in time."""
    rows = await reading.all(
        """
        SELECT given.object FROM unnest(%(objects)s::text[], %(workspaces)s::uuid[]) AS given (object, workspace_id)
        WHERE EXISTS (SELECT FROM files f WHERE f.workspace_id = given.workspace_id AND f.object = given.object)
           OR EXISTS (SELECT FROM file_previews p WHERE p.workspace_id = given.workspace_id AND p.object = given.object)
           OR EXISTS (SELECT FROM file_objects_left l WHERE l.workspace_id = given.workspace_id AND l.object = given.object)
        """,
        objects=list(objects),
        workspaces=[UUID(each.partition("/")[0]) for each in objects],
    )
    return {row["object"] for row in rows}


async def expected(reading: ReadSession, workspace_id: UUID, after: UUID, most: int) -> list[Expected]:
    """The files of a workspace behind an id, in order, but for those whose content was erased."""
    rows = await reading.all(
        f"""
        SELECT f.workspace_id, f.id, f.object, f.size, f.sha256 FROM files f
        WHERE f.workspace_id = %(workspace)s AND f.id > %(after)s AND f.erased_at IS NULL ORDER BY f.id LIMIT {most}
        """,
        workspace=workspace_id,
        after=after,
    )
    return [Expected(**row) for row in rows]
