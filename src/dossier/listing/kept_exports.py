"""Files of lists that a job makes: what was asked for, how far each is, and the file itself, in chunks, for a day: all the SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from dossier.foundation.actor import Scope
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored

KEPT = timedelta(days=1)
KEPT_OF_MEMBER = 10  # files; the oldest make room
_MINE = "workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
_COLUMNS = "id, member_id, kind, address, language, state, total, rows, columns, cut, size, only_owner, problem, asked_at, finished_at"


@dataclass(frozen=True, slots=True)
class KeptExport:
    """What a member asked for: of which list (“cases”), by what address of it (`?status=…`), and how far it is.

    `rows` of `total` are written; `cut` texts were too long for a cell. `only_owner`: whose rows alone stand in it (None: all).
    """

    id: UUID
    member_id: UUID
    kind: str
    address: str
    language: str
    state: Literal["waiting", "working", "done", "failed"]
    total: int
    rows: int
    columns: int
    cut: int
    size: int
    only_owner: UUID | None
    problem: list[Message]
    asked_at: datetime
    finished_at: datetime | None

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "working")

    def is_for(self, scope: Scope) -> bool:
        """Whether somebody with that scope may see all of it."""
        return scope.owner in (None, self.only_owner)

    @property
    def megabytes(self) -> int:
        """How large the file is, at most."""
        return -(-self.size // 1_000_000)

    @property
    def until(self) -> datetime | None:
        """When it is forgotten."""
        return self.finished_at and self.finished_at + KEPT


def _made(row: dict[str, Any]) -> KeptExport:
    return KeptExport(**row | {"problem": restored(row["problem"])})


async def insert(
    transaction: Transaction, workspace_id: UUID, id: UUID, kind: str, address: str, language: str, total: int
) -> None:
    """What the actor asks for; of what they have already, the oldest make room."""
    await transaction.send(
        f"""
        DELETE FROM exports WHERE {_MINE} AND id IN (
          SELECT id FROM exports WHERE {_MINE} AND member_id = %(member)s AND finished_at IS NOT NULL
          ORDER BY asked_at DESC, id DESC OFFSET %(kept)s)
        """,
        workspace=workspace_id,
        member=transaction.actor.id,
        kept=KEPT_OF_MEMBER - 1,
    )
    await transaction.send(
        """
        INSERT INTO exports (workspace_id, id, member_id, kind, address, language, total, asked_at)
        VALUES (%(workspace)s, %(id)s, %(member)s, %(kind)s, %(address)s, %(language)s, %(total)s, %(now)s)
        """,
        workspace=workspace_id,
        id=id,
        member=transaction.actor.id,
        kind=kind,
        address=address,
        language=language,
        total=total,
        now=transaction.clock(),
    )


async def of_member(reading: ReadSession, workspace_id: UUID, member_id: UUID) -> list[KeptExport]:
    """What a member asked for, the newest first."""
    rows = await reading.all(
        f"SELECT {_COLUMNS} FROM exports WHERE {_MINE} AND member_id = %(member)s ORDER BY asked_at DESC, id DESC",
        workspace=workspace_id,
        member=member_id,
    )
    return [_made(row) for row in rows]


async def begin(transaction: Transaction, workspace_id: UUID, id: UUID) -> KeptExport | None:
    """What a job makes from now on, from the beginning whatever was made before; None when nobody wants it any more."""
    values = {"workspace": workspace_id, "id": id}
    await transaction.send(f"DELETE FROM export_chunks WHERE {_MINE} AND export_id = %(id)s", **values)
    row = await transaction.first(
        f"""
        UPDATE exports SET state = 'working', rows = 0, problem = NULL, finished_at = NULL
        WHERE {_MINE} AND id = %(id)s AND state <> 'done' RETURNING {_COLUMNS}
        """,
        **values,
    )
    return _made(row) if row else None


async def note_rows(transaction: Transaction, workspace_id: UUID, id: UUID, rows: int) -> bool:
    """How far it is; False when nobody wants it any more."""
    query = f"UPDATE exports SET rows = %(rows)s WHERE {_MINE} AND id = %(id)s AND state = 'working' RETURNING id"
    return bool(await transaction.first(query, workspace=workspace_id, id=id, rows=rows))


async def add_chunk(transaction: Transaction, workspace_id: UUID, id: UUID, number: int, content: bytes) -> None:
    """The next part of a file; not of one that nobody wants any more."""
    await transaction.send(
        f"""
        INSERT INTO export_chunks (workspace_id, export_id, number, content)
        SELECT workspace_id, id, %(number)s, %(content)s FROM exports WHERE {_MINE} AND id = %(id)s AND state = 'working'
        """,
        workspace=workspace_id,
        id=id,
        number=number,
        content=content,
    )


async def finish(transaction: Transaction, workspace_id: UUID, id: UUID, seen: Scope, **made: int) -> None:
    """It is all there: `rows`, `columns`, `cut`, `size` (bytes), of what is in the scope of who asked."""
    await transaction.send(
        f"""
        UPDATE exports SET state = 'done', rows = %(rows)s, total = %(rows)s, columns = %(columns)s, cut = %(cut)s,
          size = %(size)s, only_owner = %(only)s, finished_at = %(now)s
        WHERE {_MINE} AND id = %(id)s AND state = 'working'
        """,
        workspace=workspace_id,
        id=id,
        now=transaction.clock(),
        only=seen.owner,
        **made,
    )


async def fail(transaction: Transaction, workspace_id: UUID, id: UUID, why: list[Message]) -> None:
    """It could not be made; nothing is left of it."""
    values = {"workspace": workspace_id, "id": id}
    await transaction.send(f"DELETE FROM export_chunks WHERE {_MINE} AND export_id = %(id)s", **values)
    await transaction.send(
        f"UPDATE exports SET state = 'failed', problem = %(why)s, finished_at = %(now)s WHERE {_MINE} AND id = %(id)s",
        why=stored(why),
        now=transaction.clock(),
        **values,
    )


async def forget_all(transaction: Transaction, workspace_id: UUID, why: Message) -> None:
    """What somebody who is erased may stand in, made or being made, is over: nothing of it is left, and it may be asked for again."""
    values = {"workspace": workspace_id, "why": stored([why]), "now": transaction.clock()}
    await transaction.send(f"DELETE FROM export_chunks WHERE {_MINE}", **values)
    await transaction.send(
        f"""
        UPDATE exports SET state = 'failed', problem = %(why)s, finished_at = %(now)s
        WHERE {_MINE} AND state <> 'failed'
        """,
        **values,
    )


async def ask_again(transaction: Transaction, workspace_id: UUID, id: UUID) -> bool:
    """What failed waits for a job once more; False where there is no such of the actor."""
    query = f"""
    UPDATE exports SET state = 'waiting', rows = 0, asked_at = %(now)s, finished_at = NULL
    WHERE {_MINE} AND id = %(id)s AND member_id = %(member)s AND state = 'failed' RETURNING id
    """
    values = {"workspace": workspace_id, "id": id, "member": transaction.actor.id, "now": transaction.clock()}
    return bool(await transaction.first(query, **values))


async def delete(transaction: Transaction, workspace_id: UUID, id: UUID) -> bool:
    """It is not wanted any more, made or not; False where there is no such of the actor."""
    query = f"DELETE FROM exports WHERE {_MINE} AND id = %(id)s AND member_id = %(member)s RETURNING id"
    return bool(await transaction.first(query, workspace=workspace_id, id=id, member=transaction.actor.id))


async def chunk(reading: ReadSession, workspace_id: UUID, id: UUID, number: int) -> bytes | None:
    """A part of a file; None behind the last."""
    row = await reading.first(
        f"SELECT content FROM export_chunks WHERE {_MINE} AND export_id = %(id)s AND number = %(number)s",
        workspace=workspace_id,
        id=id,
        number=number,
    )
    return bytes(row["content"]) if row else None


async def purge(transaction: Transaction, kind: str, working: Sequence[str], why: Message) -> None:
    """Of a list, in every workspace, for the server itself: forget files after a day, and end those that no job makes any more."""
    await transaction.send(
        "DELETE FROM exports WHERE kind = %(kind)s AND finished_at < %(old)s::timestamptz",
        kind=kind,
        old=transaction.clock() - KEPT,
    )
    await transaction.send(
        """
        UPDATE exports SET state = 'failed', problem = %(why)s, finished_at = %(now)s
        WHERE kind = %(kind)s AND finished_at IS NULL AND asked_at < %(now)s::timestamptz - interval '1 minute'
          AND id <> ALL(%(working)s::uuid[])
        """,
        kind=kind,
        why=stored([why]),
        now=transaction.clock(),
        working=[*working],
    )
