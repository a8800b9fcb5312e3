"""The SQL of passwords, one-time links, sessions and failed attempts; secrets lie here hashed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.text import email_identity
from dossier.members.model import KnownPassword, LinkFor, OpenSession, ProposedNames, SignedIn


async def password_hash(reading: ReadSession, email: str) -> KnownPassword | None:
    """The member with that address, and the hash of their password."""
    row = await reading.first(
        "SELECT m.id, p.hash FROM members m LEFT JOIN member_passwords p ON p.member_id = m.id"
        " WHERE m.email_identity = %(email)s",
        email=email_identity(email),
    )
    return KnownPassword(**row) if row else None


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


async def take_attempt(transaction: Transaction, most: Mapping[bytes, int], since: datetime) -> bool:
    """Count an attempt of each of these keys before it is made; False when one of them has had its most since then.

    Whoever counts at the same time waits: of any number at once no more than allowed get through.
    """
    values = {"keys": sorted(most), "most": [most[key] for key in sorted(most)]}
    await transaction.send(
        "SELECT pg_advisory_xact_lock(hashtextextended(encode(key, 'hex'), 0)) FROM unnest(%(keys)s::bytea[]) AS key",
        keys=values["keys"],
    )
    rows = await transaction.all(
        """
        INSERT INTO sign_in_failures (key, at)
        SELECT k.key, %(now)s FROM unnest(%(keys)s::bytea[]) AS k (key) WHERE NOT EXISTS
          (SELECT FROM unnest(%(keys)s::bytea[], %(most)s::integer[]) AS m (key, most)
           WHERE m.most <= (SELECT count(*) FROM sign_in_failures f WHERE f.key = m.key AND f.at > %(since)s))
        RETURNING key
        """,
        now=transaction.clock(),
        since=since,
        **values,
    )
    return bool(rows)


async def give_back(transaction: Transaction, keys: Iterable[bytes]) -> None:
    """The attempt was right: it does not count."""
    await transaction.send(
        """
        DELETE FROM sign_in_failures WHERE ctid IN
          (SELECT (SELECT f.ctid FROM sign_in_failures f WHERE f.key = k.key ORDER BY f.at DESC LIMIT 1)
           FROM unnest(%(keys)s::bytea[]) AS k (key))
        """,
        keys=list(keys),
    )


async def insert_link(
    transaction: Transaction, hash: bytes, member_id: UUID, workspace_id: UUID | None, expires_at: datetime
) -> None:
    """The member's only link of that workspace, or of the operator: an earlier one ends."""
    await transaction.send(
        "DELETE FROM sign_in_links WHERE member_id = %(member)s AND workspace_id IS NOT DISTINCT FROM %(workspace)s",
        member=member_id,
        workspace=workspace_id,
    )
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
    row = await transaction.whole().first(
        """
        DELETE FROM sign_in_links l WHERE hash = %(hash)s
        RETURNING member_id, expires_at > %(now)s AND (workspace_id IS NULL OR NOT EXISTS
          (SELECT FROM memberships p WHERE p.member_id = l.member_id AND p.workspace_id <> l.workspace_id
             AND p.accepted_at IS NOT NULL)) AS holds
        """,
        hash=hash,
        now=transaction.clock(),
    )
    return row["member_id"] if row and row["holds"] else None


async def works_elsewhere(reading: ReadSession, member_id: UUID, workspace_id: UUID) -> bool:
    row = await reading.whole().one(
        "SELECT EXISTS (SELECT FROM memberships WHERE member_id = %(member)s AND workspace_id <> %(workspace)s"
        " AND accepted_at IS NOT NULL) AS yes",
        member=member_id,
        workspace=workspace_id,
    )
    return bool(row["yes"])


async def first_workspace(reading: ReadSession, member_id: UUID) -> UUID | None:
    row = await reading.whole().first(
        "SELECT workspace_id FROM memberships WHERE member_id = %(member)s AND accepted_at IS NOT NULL"
        " ORDER BY created_at, workspace_id LIMIT 1",
        member=member_id,
    )
    return row["workspace_id"] if row else None


async def link_of(transaction: Transaction, hash: bytes) -> LinkFor | None:
    """What a link that holds is for, locked; None when there is none."""
    row = await transaction.first(
        """
        SELECT l.member_id, l.workspace_id, m.proved_at IS NOT NULL AS proved, p.accepted_at IS NOT NULL AS accepted
        FROM sign_in_links l JOIN members m ON m.id = l.member_id
        LEFT JOIN memberships p ON p.member_id = l.member_id AND p.workspace_id = l.workspace_id
        WHERE l.hash = %(hash)s AND l.expires_at > %(now)s AND (l.workspace_id IS NULL OR p.member_id IS NOT NULL)
        FOR UPDATE OF l, m
        """,
        hash=hash,
        now=transaction.clock(),
    )
    return LinkFor(**row) if row else None


async def prove(transaction: Transaction, member_id: UUID) -> None:
    """Note that somebody who can vouched for who uses the account."""
    await transaction.send(
        "UPDATE members SET proved_at = coalesce(proved_at, %(now)s) WHERE id = %(member)s",
        member=member_id,
        now=transaction.clock(),
    )


async def is_proved(reading: ReadSession, member_id: UUID) -> bool:
    row = await reading.first("SELECT proved_at FROM members WHERE id = %(member)s", member=member_id)
    return bool(row and row["proved_at"])


async def accept(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> ProposedNames | None:
    """Take a proposed place up: the names that the workspace gave; None when there is none."""
    row = await transaction.whole().first(
        """
        UPDATE memberships SET accepted_at = %(now)s
        WHERE member_id = %(member)s AND workspace_id = %(workspace)s AND accepted_at IS NULL
        RETURNING given_name, family_name
        """,
        member=member_id,
        workspace=workspace_id,
        now=transaction.clock(),
    )
    return ProposedNames(**row) if row else None


async def end_what_opens(transaction: Transaction, member_id: UUID) -> None:
    """Take from an account what opens it, and who is in it."""
    for table in (
        "member_passwords",
        "member_second_factors",
        "member_recovery_codes",
        "member_identities",
        "sessions",
        "sign_in_links",
    ):
        await transaction.send(f"DELETE FROM {table} WHERE member_id = %(member)s", member=member_id)


async def begin_anew(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> None:
    """Take from an account all that came before: what opens it, its name, and its places elsewhere.

    Nobody vouched for whoever set those up. The other workspaces send a link of their own.
    """
    await end_what_opens(transaction, member_id)
    await transaction.whole().send(
        """
        UPDATE memberships s SET accepted_at = NULL, given_name = m.given_name, family_name = m.family_name
        FROM members m WHERE m.id = s.member_id AND s.member_id = %(member)s AND s.workspace_id <> %(workspace)s
        """,
        member=member_id,
        workspace=workspace_id,
    )
    await transaction.send(
        """
        UPDATE members SET given_name = NULL, given_name_folded = NULL, family_name = NULL, family_name_folded = NULL
        WHERE id = %(member)s
        """,
        member=member_id,
    )


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
        INSERT INTO sessions
          (hash, member_id, workspace_id, by_link, half, client, created_at, seen_at, expires_at, confirmed_at)
        VALUES (%(hash)s, %(member_id)s, %(workspace_id)s, %(by_link)s, %(half)s, %(client)s, %(now)s, %(now)s,
                %(expires_at)s, %(now)s)
        """,
        now=transaction.clock(),
        **{name: getattr(session, name) for name in NewSession.__slots__},
    )


async def note_seen(transaction: Transaction, hash: bytes) -> None:
    await transaction.send(
        "UPDATE sessions SET seen_at = %(now)s WHERE hash = %(hash)s", hash=hash, now=transaction.clock()
    )


async def sessions(reading: ReadSession, member_id: UUID, now: datetime) -> list[OpenSession]:
    """The sessions of a member, the one seen last first."""
    rows = await reading.all(
        """
        SELECT encode(hash, 'hex') AS id, client, created_at, seen_at, by_link FROM sessions
        WHERE member_id = %(member)s AND expires_at > %(now)s AND NOT half ORDER BY seen_at DESC NULLS LAST, hash
        """,
        member=member_id,
        now=now,
    )
    return [OpenSession(**row) for row in rows]


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


async def session(reading: ReadSession, hash: bytes, now: datetime, idle_since: datetime) -> SignedIn | None:
    """Who is behind a session, and where they are at the moment; None when it ended or they left the workspace.

    One that nobody used after `idle_since` has ended, too.
    """
    row = await reading.first(
        """
        SELECT m.id, m.email, m.given_name, m.family_name, s.workspace_id, s.seen_at, w.name AS workspace, w.slug, w.time_zone, w.accent,
               (SELECT l.hash FROM workspace_logos l WHERE l.workspace_id = w.id) AS logo,
               m.language, p.role, p.studio, pw.member_id IS NOT NULL AND NOT s.by_link AS asks_password, s.by_link,
               coalesce(s.confirmed_at, s.created_at) AS session_confirmed_at,
               CASE WHEN f.confirmed_at IS NOT NULL THEN 'code' WHEN pw.member_id IS NOT NULL THEN 'password' END AS proof,
               (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug,
                                                    'administered', a.role = 'administrator') ORDER BY o.name)
                FROM memberships a JOIN workspaces o ON o.id = a.workspace_id
                WHERE a.member_id = m.id AND a.accepted_at IS NOT NULL) AS workspaces
        FROM sessions s JOIN members m ON m.id = s.member_id
        JOIN memberships p ON p.member_id = m.id AND p.workspace_id = s.workspace_id AND p.accepted_at IS NOT NULL
        JOIN workspaces w ON w.id = s.workspace_id LEFT JOIN member_passwords pw ON pw.member_id = m.id
        LEFT JOIN member_second_factors f ON f.member_id = m.id
        WHERE s.hash = %(hash)s AND s.expires_at > %(now)s AND NOT s.half
          AND coalesce(s.seen_at, s.created_at) > %(idle_since)s
        """,
        hash=hash,
        now=now,
        idle_since=idle_since,
    )
    return SignedIn(**row) if row else None


async def renew_session(transaction: Transaction, hash: bytes, new: bytes) -> None:
    """The same session under another secret: whoever knows the old one is out."""
    await transaction.send(
        "UPDATE sessions SET hash = %(new)s, confirmed_at = %(now)s WHERE hash = %(hash)s",
        hash=hash,
        new=new,
        now=transaction.clock(),
    )


async def note_confirmed(transaction: Transaction, hash: bytes) -> None:
    """Who uses the session has proved now who they are."""
    await transaction.send(
        "UPDATE sessions SET confirmed_at = %(now)s WHERE hash = %(hash)s", hash=hash, now=transaction.clock()
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
    row = await transaction.whole().first(
        """
        UPDATE sessions s SET workspace_id = %(workspace)s
        FROM memberships p WHERE s.hash = %(hash)s AND p.member_id = s.member_id AND p.workspace_id = %(workspace)s
          AND p.accepted_at IS NOT NULL
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
