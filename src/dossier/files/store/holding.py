"""The SQL of what holds files: a row for each thing and file, as long as the thing is there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from dossier.files.model import NamedFile, named_at
from dossier.files.store.rows import VISIBLE
from dossier.foundation.database import Jsonb, ReadSession, Transaction


class Hold(NamedTuple):
    """How a thing holds a file now: it was `put` on it, and these of its fields name it; neither: in its history alone."""

    workspace_id: UUID
    holder_id: UUID
    file_id: str
    put: bool
    fields: Sequence[str]


def shown_files(found: Sequence[dict[str, Any]] | None) -> tuple[dict[str, NamedFile], tuple[str, ...]]:
    """The files that a thing shows, by id, and the ids of those that were put on it."""
    names = ("id", "name", "type", "size", "erased")
    files = {each["id"]: NamedFile(*(each[name] for name in names)) for each in found or ()}
    return files, tuple(each["id"] for each in found or () if each["put"])


def data_of_row(data: Mapping[str, Any], found: Sequence[dict[str, Any]] | None, address: str) -> Mapping[str, Any]:
    """The values of a thing with the files among those that it shows that they name; `address`: of the API."""
    if not found:
        return data
    shown, _ = shown_files(found)
    naming = {key for each in found for key in each["fields"]}
    return {
        key: [named_at(shown, address, id) for id in value] if key in naming else value for key, value in data.items()
    }


async def named(reading: ReadSession, workspace_id: UUID, ids: Collection[str]) -> dict[str, NamedFile]:
    """The files with these ids that there are, also erased ones: what histories name."""
    rows = await reading.all(
        """
        SELECT f.id::text AS id, f.name, f.type, f.size, f.erased_at IS NOT NULL AS erased FROM files f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = ANY(%(ids)s::uuid[])
        """,
        workspace=workspace_id,
        ids=list(ids),
    )
    return {row["id"]: NamedFile(**row) for row in rows}


async def take(transaction: Transaction, ids: Collection[str]) -> dict[tuple[UUID, str], NamedFile]:
    """The files with these ids that the actor may see, by workspace and id, and there until the end of the transaction."""
    rows = await transaction.all(
        f"""
        SELECT f.workspace_id, f.id::text AS id, f.name, f.type, f.size, f.erased_at IS NOT NULL AS erased
        FROM files f WHERE {VISIBLE} AND f.id = ANY(%(ids)s::uuid[]) ORDER BY f.id FOR KEY SHARE OF f
        """,
        ids=list(ids),
    )
    return {(row.pop("workspace_id"), row["id"]): NamedFile(**row) for row in rows}


async def keep(transaction: Transaction, kind: str, holds: Sequence[Hold]) -> None:
    """Note how things of a kind hold files from now on. Who deletes one of the files is waited for, and waits."""
    await transaction.send(
        """
        INSERT INTO file_holders (workspace_id, file_id, kind, holder_id, put, fields)
        SELECT held.workspace_id, held.file_id, %(kind)s, held.holder_id, held.put, held.fields
        FROM jsonb_to_recordset(%(holds)s) AS held (workspace_id uuid, file_id uuid, holder_id uuid, put boolean, fields text[])
        WHERE held.workspace_id = ANY(%(scope)s)
        ON CONFLICT (workspace_id, file_id, kind, holder_id) DO UPDATE SET put = excluded.put, fields = excluded.fields
        """,
        kind=kind,
        holds=Jsonb([each._asdict() for each in holds]),
    )


async def drop(transaction: Transaction, kind: str, workspace_id: UUID, holder_id: UUID, ids: Collection[str]) -> None:
    """The thing does not hold these files any more; those that nothing holds go when their time is over."""
    await transaction.send(
        """
        DELETE FROM file_holders h
        WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.holder_id = %(holder)s
          AND h.kind = %(kind)s AND h.file_id = ANY(%(ids)s::uuid[])
        """,
        workspace=workspace_id,
        holder=holder_id,
        kind=kind,
        ids=list(ids),
    )


async def leave(transaction: Transaction, kind: str, workspace_id: UUID, holder_id: UUID) -> list[UUID]:
    """The thing holds nothing any more; the files that it held, locked, which nothing else holds."""
    rows = await transaction.all(
        """
        DELETE FROM file_holders h
        WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.holder_id = %(holder)s
          AND h.kind = %(kind)s RETURNING h.file_id
        """,
        workspace=workspace_id,
        holder=holder_id,
        kind=kind,
    )
    return await _unheld(transaction, workspace_id, [row["file_id"] for row in rows]) if rows else []


async def unheld_of(transaction: Transaction, workspace_id: UUID, sender_id: UUID) -> list[UUID]:
    """The files, locked, that somebody outside sent and nothing holds."""
    rows = await transaction.all(
        """
        SELECT f.id FROM files f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.actor_type = 'contact'
          AND f.actor_id = %(sender)s
        """,
        workspace=workspace_id,
        sender=sender_id,
    )
    return await _unheld(transaction, workspace_id, [row["id"] for row in rows]) if rows else []


async def _unheld(transaction: Transaction, workspace_id: UUID, ids: Collection[UUID]) -> list[UUID]:
    """Those of the files that nothing holds: asked once they are locked, in one order, for who has just taken one of them."""
    await transaction.send(
        """
        SELECT FROM files WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
        ORDER BY id FOR UPDATE
        """,
        workspace=workspace_id,
        ids=list(ids),
    )
    rows = await transaction.all(
        """
        SELECT f.id FROM files f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = ANY(%(ids)s)
          AND NOT EXISTS (SELECT FROM file_holders h WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id)
        """,
        workspace=workspace_id,
        ids=list(ids),
    )
    return [row["id"] for row in rows]
