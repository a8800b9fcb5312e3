"""The SQL of files themselves."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dossier import members, workspaces
from dossier.files.model import VOCABULARY, Change, File, Holder
from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.text import fold
from dossier.listing import keyset
from dossier.listing.collection import Collection, Shape, Visible, by_time
from dossier.listing.sql import Column, Columns, of_relation

_HELD = """
EXISTS (SELECT FROM file_holders h WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id)
"""
_CASE = """
(SELECT h.holder_id FROM file_holders h
 WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id AND h.kind = 'case' AND h.put ORDER BY h.holder_id LIMIT 1) AS case
"""
_OF_CASES = (
    "(f.workspace_id, f.id) IN (SELECT h.workspace_id, h.file_id FROM file_holders h"
    " WHERE h.workspace_id = ANY(%(scope)s) AND h.kind = 'case' AND (h.put OR h.fields <> '{{}}') AND {})"
)
_OF_OWN_CASES = f"""
EXISTS (SELECT FROM file_holders h JOIN cases c ON c.workspace_id = h.workspace_id AND c.id = h.holder_id
        WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id AND h.kind = 'case' AND (h.put OR h.fields <> '{{}}')
          AND {members.seen_by_owner("c")})
"""
# Who sent it: as histories name actors; a contact by the form that they sent it to.
_BY = """
CASE f.actor_type
  WHEN 'token' THEN (SELECT name FROM tokens t WHERE t.id = f.actor_id)
  WHEN 'member' THEN (SELECT coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email)
                      FROM members m WHERE m.id = f.actor_id)
  WHEN 'contact' THEN coalesce((SELECT coalesce(nullif(concat_ws(' ', a.given_name, a.family_name), ''), a.email)
                                FROM forms a WHERE a.workspace_id = f.workspace_id AND a.id = f.actor_id), 'Contact')
END AS actor_name
"""
_COLUMNS = f"""
f.workspace_id, f.id, f.version, f.created_at, f.updated_at, f.name, f.type, f.scope, f.key_number, f.verdict, f.size,
f.sha256, f.width, f.height, f.pages, f.drawn, f.object, f.goes_at, f.erased_at, f.released_at IS NOT NULL AS released,
f.actor_type, f.actor_id, {_BY},
{_HELD} AS held, {_CASE}
"""

_OF_OWN_FORMS = f"""
EXISTS (SELECT FROM file_holders h
        LEFT JOIN form_responses r ON h.kind = 'response' AND r.workspace_id = h.workspace_id AND r.id = h.holder_id
        JOIN forms a ON a.workspace_id = h.workspace_id AND a.id = coalesce(r.form_id, h.holder_id)
        WHERE h.workspace_id = f.workspace_id AND h.file_id = f.id AND h.kind IN ('form', 'response')
          AND ({members.seen_by_owner("a").own} OR EXISTS (SELECT FROM cases c WHERE c.workspace_id = a.workspace_id
                 AND c.id = a.case_id AND {members.seen_by_owner("c").own})))
"""
VISIBLE = Visible(
    "f", f"(f.actor_type = 'member' AND f.actor_id = %(only_owner)s OR {_OF_OWN_CASES} OR {_OF_OWN_FORMS})"
)
"""A limited member sees the files that they sent, and those of the cases and forms that they see."""

COLLECTION = Collection(
    source="files f",
    alias="f",
    visible=VISIBLE,
    vocabulary=VOCABULARY,
    columns=Columns(
        named={
            **{name: Column(f"f.{name}") for name in ("id", "type", "scope", "created_at", "updated_at")},
            "name": Column("f.name_folded"),
            "check": Column("f.verdict"),
            "held": Column(f"CASE WHEN {_HELD} THEN 'true' ELSE 'false' END"),
            **workspaces.columns_of_workspace("f"),
            **of_relation("case", _OF_CASES, id="h.holder_id"),
        }
    ),
    sorts={"created_at": by_time("f.created_at"), "updated_at": by_time("f.updated_at")},
)


def _file(row: Row) -> File:
    type, id, name = row.pop("actor_type"), row.pop("actor_id"), row.pop("actor_name")
    goes_at = row.pop("goes_at")
    by = {"type": type, "id": id, "name": name or "Dossier"}
    return File(**row, goes_at=None if row["held"] else goes_at, created_by=by)


ROWS = Shape(_COLUMNS, "", _file)


async def get(reading: ReadSession, file_id: UUID) -> File | None:
    """A file that the reader may see."""
    return await keyset.find(reading, COLLECTION, ROWS, file_id)


async def several(reading: ReadSession, ids: Iterable[UUID]) -> list[File]:
    """Those of the files that the reader may see, in any order."""
    return await keyset.find_all(reading, COLLECTION, ROWS, ids)


async def public(reading: ReadSession, file_id: UUID) -> File | None:
    """A public file of whichever workspace: for who brings its key. Each workspace is asked by its own index."""
    row = await reading.first(
        f"""
        SELECT {_COLUMNS} FROM workspaces w JOIN files f ON f.workspace_id = w.id AND f.id = %(id)s
        WHERE f.scope = 'public'
        """,
        id=file_id,
    )
    return _file(row) if row else None


async def workspace_of(reading: ReadSession, file_id: UUID) -> UUID | None:
    """Where a file is, whichever workspace that is: for the operator, who says its id alone."""
    row = await reading.first(
        "SELECT f.workspace_id FROM workspaces w JOIN files f ON f.workspace_id = w.id AND f.id = %(id)s", id=file_id
    )
    return row["workspace_id"] if row else None


async def lock(transaction: Transaction, file_id: UUID, *, to_erase: bool = False) -> File | None:
    """A file that the actor may see, locked until the end of the transaction.

    Who holds it meanwhile is waited for, or waits, only where it is to be erased. It is read once more then, since beside
    a row that was waited for PostgreSQL shows what was before: which case it was on, and what held it.
    """
    reading = f"SELECT {_COLUMNS} FROM files f WHERE {VISIBLE} AND f.id = %(id)s"
    row = await transaction.first(f"{reading} FOR {'UPDATE' if to_erase else 'NO KEY UPDATE'} OF f", id=file_id)
    if row:
        row = await transaction.first(reading, id=file_id)
    return _file(row) if row else None


async def insert(transaction: Transaction, file: File, goes_at: datetime) -> None:
    """Keep a new one."""
    await transaction.send(
        """
        INSERT INTO files (workspace_id, id, version, created_at, updated_at, name, name_folded, type, scope, key_number,
                           verdict, size, sha256, width, height, pages, object, actor_type, actor_id, goes_at)
        VALUES (%(workspace_id)s, %(id)s, %(version)s, %(created_at)s, %(updated_at)s, %(name)s, %(name_folded)s, %(type)s,
                %(file_scope)s, %(key_number)s, %(verdict)s, %(size)s, %(sha256)s, %(width)s, %(height)s, %(pages)s, %(object)s,
                %(actor_type)s, %(actor_id)s, %(goes)s)
        """,
        **_values(file),
        actor_type=file.created_by["type"],
        actor_id=file.created_by["id"],
        goes=goes_at,
    )


def _values(file: File) -> dict[str, Any]:
    names = (
        "workspace_id",
        "id",
        "version",
        "created_at",
        "updated_at",
        "name",
        "type",
        "key_number",
        "verdict",
        "size",
    )
    values = {name: getattr(file, name) for name in (*names, "sha256", "width", "height", "pages", "object")}
    return values | {"file_scope": file.scope, "name_folded": fold(file.name)}


async def change(transaction: Transaction, file: File, change: Change) -> None:
    """Another name or scope of a locked one. Each time it is restricted, the key that it had is over."""
    await transaction.send(
        """
        UPDATE files f SET name = %(name)s, name_folded = %(folded)s, scope = %(file_scope)s, version = version + 1,
          updated_at = %(now)s,
          key_number = key_number + CASE WHEN scope = 'public' AND %(file_scope)s = 'restricted' THEN 1 ELSE 0 END
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.id = %(id)s
        """,
        workspace=file.workspace_id,
        id=file.id,
        name=change.name or file.name,
        folded=fold(change.name or file.name),
        file_scope=change.scope or file.scope,
        now=transaction.clock(),
    )


async def holders(reading: ReadSession, file: File, most: int) -> list[Holder]:
    """Some of what holds a file."""
    rows = await reading.all(
        f"""
        SELECT h.kind AS type, h.holder_id AS id FROM file_holders h
        WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.file_id = %(file)s
        ORDER BY h.kind, h.holder_id LIMIT {most}
        """,
        workspace=file.workspace_id,
        file=file.id,
    )
    return [Holder(**row) for row in rows]


async def count_use(transaction: Transaction, file: File, day: date) -> bool:
    """Count that a public address was used; whether it is the first time on that day."""
    row = await transaction.one(
        """
        INSERT INTO file_key_uses (workspace_id, file_id, day, count) VALUES (%(workspace)s, %(file)s, %(day)s, 1)
        ON CONFLICT (workspace_id, file_id, day) DO UPDATE SET count = file_key_uses.count + 1 RETURNING count
        """,
        workspace=file.workspace_id,
        file=file.id,
        day=day,
    )
    return bool(row["count"] == 1)
