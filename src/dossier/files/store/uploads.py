"""The SQL of files on their way."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from dossier.files.model import Upload
from dossier.foundation.actor import Actor
from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.share import Share

_COLUMNS = """
u.workspace_id, u.id, u.name, u.type, u.scope, u.case_id AS "case", u.metadata, u.size, u.received, u.place, u.boot, u.goes_at
"""
_MINE = """
u.id = %(id)s AND u.actor_type = %(actor_type)s AND u.actor_id = %(actor_id)s
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('uploads of ' || %(actor_id)s::text, 0))"


async def count(transaction: Transaction) -> int:
    """How many the actor has begun; others of theirs wait until the end of the transaction."""
    await transaction.send(_LOCK, actor_id=transaction.actor.id)
    row = await transaction.one(
        "SELECT count(*) AS count FROM file_uploads u WHERE u.workspace_id = ANY(%(scope)s) AND u.actor_id = %(actor_id)s",
        actor_id=transaction.actor.id,
    )
    return int(row["count"])


async def lock_sender(transaction: Transaction) -> None:
    """Others of the actor's wait until the end of the transaction."""
    await transaction.send(_LOCK, actor_id=transaction.actor.id)


async def sent(reading: ReadSession, workspace_id: UUID, actor: Actor) -> Share:
    """What somebody has sent: files that are there, and those that are on their way as far as they were announced."""
    row = await reading.one(
        """
        SELECT coalesce(sum(size), 0)::bigint AS bytes, count(*) AS files FROM (
          SELECT f.size FROM files f
          WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.actor_type = %(type)s
            AND f.actor_id = %(id)s AND f.erased_at IS NULL
          UNION ALL
          SELECT u.size FROM file_uploads u
          WHERE u.workspace_id = %(workspace)s AND u.workspace_id = ANY(%(scope)s) AND u.actor_type = %(type)s
            AND u.actor_id = %(id)s) AS sent
        """,
        workspace=workspace_id,
        type=actor.type,
        id=actor.id,
    )
    return Share(row["bytes"], row["files"])


async def insert(transaction: Transaction, upload: Upload) -> None:
    """Keep a new one of the actor's."""
    await transaction.send(
        """
        INSERT INTO file_uploads (workspace_id, id, created_at, actor_type, actor_id, name, type, scope, case_id, metadata, size,
                                  goes_at)
        VALUES (%(workspace)s, %(id)s, %(now)s, %(actor_type)s, %(actor_id)s, %(name)s, %(type)s, %(file_scope)s, %(case)s, %(metadata)s,
                %(size)s, %(goes)s)
        """,
        workspace=upload.workspace_id,
        id=upload.id,
        now=transaction.clock(),
        actor_type=transaction.actor.type,
        actor_id=transaction.actor.id,
        name=upload.name,
        type=upload.type,
        file_scope=upload.scope,
        case=upload.case,
        metadata=upload.metadata,
        size=upload.size,
        goes=upload.goes_at,
    )


async def claim(transaction: Transaction, id: UUID, place: str) -> Upload | None:
    """One of the actor's. As long as nothing of it is anywhere, it may come to any place."""
    return _upload(
        await transaction.first(
            f"""
            UPDATE file_uploads u SET place = CASE WHEN u.received = 0 THEN %(place)s ELSE u.place END WHERE u.workspace_id = ANY(%(scope)s) AND {_MINE}
            RETURNING {_COLUMNS}
            """,
            **_named(transaction, id),
            place=place,
        )
    )


async def received(transaction: Transaction, upload: Upload, bytes: int, boot: str, goes_at: datetime) -> bool:
    """So many bytes are on the disk at its place; whether it is still there."""
    row = await transaction.first(
        f"""
        UPDATE file_uploads u SET received = greatest(u.received, %(bytes)s), boot = %(boot)s,
          goes_at = CASE WHEN %(bytes)s > u.received THEN %(goes)s ELSE u.goes_at END
        WHERE u.workspace_id = ANY(%(scope)s) AND {_MINE} AND u.place = %(place)s RETURNING u.id
        """,
        **_named(transaction, upload.id),
        bytes=bytes,
        boot=boot,
        goes=goes_at,
        place=upload.place,
    )
    return row is not None


async def remove(transaction: Transaction, id: UUID) -> Upload | None:
    """Take one of the actor's out."""
    return _upload(
        await transaction.first(
            f"DELETE FROM file_uploads u WHERE u.workspace_id = ANY(%(scope)s) AND {_MINE} RETURNING {_COLUMNS}",
            **_named(transaction, id),
        )
    )


async def give_up(transaction: Transaction, workspace_id: UUID, sender_id: UUID) -> None:
    """What somebody outside began to send is not waited for, and does not say what it was called."""
    await transaction.send(
        """
        UPDATE file_uploads SET name = '', metadata = '', goes_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND actor_type = 'contact' AND actor_id = %(sender)s
        """,
        workspace=workspace_id,
        sender=sender_id,
        now=transaction.clock(),
    )


async def remove_over(transaction: Transaction, ids: Collection[UUID]) -> list[Upload]:
    """Take those of them out, whoever's they are, whose time is over."""
    rows = await transaction.all(
        f"""
        DELETE FROM file_uploads u WHERE u.workspace_id = ANY(%(scope)s) AND u.id = ANY(%(ids)s) AND u.goes_at < %(now)s
        RETURNING {_COLUMNS}
        """,
        ids=list(ids),
        now=transaction.clock(),
    )
    return [Upload(**row) for row in rows]


async def over(reading: ReadSession, before: datetime, most: int) -> list[tuple[UUID, UUID]]:
    """Some of every workspace whose time is over: workspace and id."""
    rows = await reading.all(
        f"""
        SELECT found.workspace_id, found.id FROM workspaces w CROSS JOIN LATERAL (
          SELECT u.workspace_id, u.id FROM file_uploads u
          WHERE u.workspace_id = w.id AND u.goes_at < %(before)s ORDER BY u.goes_at LIMIT {most}
        ) AS found ORDER BY found.workspace_id LIMIT {most}
        """,
        before=before,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


def _named(transaction: Transaction, id: UUID) -> dict[str, object]:
    return {"id": id, "actor_type": transaction.actor.type, "actor_id": transaction.actor.id}


def _upload(row: Row | None) -> Upload | None:
    return Upload(**row) if row else None
