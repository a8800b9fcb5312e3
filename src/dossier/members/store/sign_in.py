"""The SQL of passwords, one-time links, sessions and failed attempts; secrets lie here hashed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossier.foundation.database import Reading, Row, Transaction
from dossier.foundation.text import fold


async def password_hash(reading: Reading, email: str) -> Row | None:
    """`{id, hash}` of the member with that address; the hash is None where no password was set yet."""
    return await reading.first(
        "SELECT m.id, p.hash FROM members m LEFT JOIN member_passwords p ON p.member_id = m.id"
        " WHERE m.email_folded = %(email)s",
        email=fold(email),
    )


async def keep_password(transaction: Transaction, member_id: UUID, hash: str) -> None:
    await transaction.send(
        """
        INSERT INTO member_passwords (member_id, hash, changed_at) VALUES (%(member)s, %(hash)s, %(now)s)
        ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at
        """,
        member=member_id,
        hash=hash,
        now=transaction.clock(),
    )


async def failures(reading: Reading, keys: list[bytes], since: datetime) -> list[int]:
    """How often each of these keys failed since then."""
    rows = await reading.all(
        "SELECT (SELECT count(*) FROM sign_in_failures f WHERE f.key = k.key AND f.at > %(since)s) AS count"
        " FROM unnest(%(keys)s::bytea[]) WITH ORDINALITY AS k (key, place) ORDER BY place",
        keys=keys,
        since=since,
    )
    return [row["count"] for row in rows]


async def note_failure(transaction: Transaction, keys: list[bytes]) -> None:
    """Remember that these keys failed."""
    now = transaction.clock()
    await transaction.send(
        "INSERT INTO sign_in_failures (key, at) SELECT unnest(%(keys)s::bytea[]), %(now)s", keys=keys, now=now
    )


async def insert_link(
    transaction: Transaction, hash: bytes, member_id: UUID, workspace_id: UUID | None, expires_at: datetime
) -> None:
    """The member's only link: an earlier one ends."""
    await transaction.send("DELETE FROM sign_in_links WHERE member_id = %(member)s", member=member_id)
    await transaction.send(
        "INSERT INTO sign_in_links (hash, member_id, workspace_id, created_at, expires_at)"
        " VALUES (%(hash)s, %(member)s, %(workspace)s, %(now)s, %(expires)s)",
        hash=hash,
        member=member_id,
        workspace=workspace_id,
        now=transaction.clock(),
        expires=expires_at,
    )


async def take_link(transaction: Transaction, hash: bytes) -> UUID | None:
    """Use a link up; whom it is for, if it still held.

    An administrator's link ends when the member has joined another workspace: it would open that one too.
    """
    row = await transaction.first(
        """
        DELETE FROM sign_in_links l WHERE hash = %(hash)s
        RETURNING member_id, expires_at > %(now)s AND (workspace_id IS NULL OR NOT EXISTS
          (SELECT FROM memberships p WHERE p.member_id = l.member_id AND p.workspace_id <> l.workspace_id)) AS holds
        """,
        hash=hash,
        now=transaction.clock(),
    )
    return row["member_id"] if row and row["holds"] else None


async def works_elsewhere(reading: Reading, member_id: UUID, workspace_id: UUID) -> bool:
    row = await reading.one(
        "SELECT EXISTS (SELECT FROM memberships WHERE member_id = %(member)s AND workspace_id <> %(workspace)s) AS yes",
        member=member_id,
        workspace=workspace_id,
    )
    return bool(row["yes"])


async def first_workspace(reading: Reading, member_id: UUID) -> UUID | None:
    row = await reading.first(
        "SELECT workspace_id FROM memberships WHERE member_id = %(member)s ORDER BY created_at, workspace_id LIMIT 1",
        member=member_id,
    )
    return row["workspace_id"] if row else None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session as it begins."""

    hash: bytes
    member_id: UUID
    workspace_id: UUID
    by_link: bool
    half: bool
    client: str | None
    expires_at: datetime


async def insert_session(transaction: Transaction, session: NewSession) -> None:
    await transaction.send(
        """
        INSERT INTO sessions (hash, member_id, workspace_id, by_link, half, client, created_at, seen_at, expires_at)
        VALUES (%(hash)s, %(member_id)s, %(workspace_id)s, %(by_link)s, %(half)s, %(client)s, %(now)s, %(now)s,
                %(expires_at)s)
        """,
        now=transaction.clock(),
        **{name: getattr(session, name) for name in NewSession.__slots__},
    )


async def note_seen(transaction: Transaction, hash: bytes) -> None:
    await transaction.send(
        "UPDATE sessions SET seen_at = %(now)s WHERE hash = %(hash)s", hash=hash, now=transaction.clock()
    )


async def sessions(reading: Reading, member_id: UUID, now: datetime) -> list[Row]:
    """The sessions of a member, the one seen last first: `{id, client, created_at, seen_at, by_link}`."""
    return await reading.all(
        """
        SELECT encode(hash, 'hex') AS id, client, created_at, seen_at, by_link FROM sessions
        WHERE member_id = %(member)s AND expires_at > %(now)s AND NOT half ORDER BY seen_at DESC NULLS LAST, hash
        """,
        member=member_id,
        now=now,
    )


async def end_others(transaction: Transaction, member_id: UUID, but: bytes) -> None:
    """End every session of a member but one."""
    await transaction.send(
        "DELETE FROM sessions WHERE member_id = %(member)s AND hash <> %(but)s", member=member_id, but=but
    )


async def end_one(transaction: Transaction, member_id: UUID, id: str) -> bool:
    """End one of a member's sessions by its id; False when there is none."""
    row = await transaction.first(
        "DELETE FROM sessions WHERE member_id = %(member)s AND encode(hash, 'hex') = %(id)s RETURNING member_id",
        member=member_id,
        id=id,
    )
    return row is not None


async def session(reading: Reading, hash: bytes, now: datetime) -> Row | None:
    """Who is behind a session, and where they are at the moment; None when it ended or they left the workspace."""
    return await reading.first(
        """
        SELECT m.id, m.email, m.given_name, m.family_name, s.workspace_id, s.seen_at, w.name AS workspace, w.slug, w.time_zone,
               m.language, p.role, p.studio, pw.member_id IS NOT NULL AND NOT s.by_link AS asks_password,
               (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug,
                                                    'administered', a.role = 'administrator') ORDER BY o.name)
                FROM memberships a JOIN workspaces o ON o.id = a.workspace_id WHERE a.member_id = m.id) AS workspaces
        FROM sessions s JOIN members m ON m.id = s.member_id
        JOIN memberships p ON p.member_id = m.id AND p.workspace_id = s.workspace_id
        JOIN workspaces w ON w.id = s.workspace_id LEFT JOIN member_passwords pw ON pw.member_id = m.id
        WHERE s.hash = %(hash)s AND s.expires_at > %(now)s AND NOT s.half
        """,
        hash=hash,
        now=now,
    )


async def end_session(transaction: Transaction, hash: bytes) -> None:
    await transaction.send("DELETE FROM sessions WHERE hash = %(hash)s", hash=hash)


async def end_sessions(transaction: Transaction, member_id: UUID, but: bytes | None) -> None:
    """End every session of a member but one, which needs the password from now on."""
    await transaction.send("UPDATE sessions SET by_link = false WHERE hash = %(but)s", but=but)
    await transaction.send(
        "DELETE FROM sessions WHERE member_id = %(member)s AND hash IS DISTINCT FROM %(but)s", member=member_id, but=but
    )


async def move_session(transaction: Transaction, hash: bytes, workspace_id: UUID) -> bool:
    """Go to another of the member's workspaces; False where they are no member."""
    row = await transaction.first(
        """
        UPDATE sessions s SET workspace_id = %(workspace)s
        FROM memberships p WHERE s.hash = %(hash)s AND p.member_id = s.member_id AND p.workspace_id = %(workspace)s
        RETURNING s.member_id
        """,
        hash=hash,
        workspace=workspace_id,
    )
    return row is not None


async def forget(transaction: Transaction, failures_before: datetime) -> None:
    """Delete sessions and links that ended, and failures that count no more."""
    now = transaction.clock()
    await transaction.send("DELETE FROM sessions WHERE expires_at <= %(now)s", now=now)
    await transaction.send("DELETE FROM sign_in_links WHERE expires_at <= %(now)s", now=now)
    await transaction.send("DELETE FROM sign_in_failures WHERE at < %(before)s", before=failures_before)
