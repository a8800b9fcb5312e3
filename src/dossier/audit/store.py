"""The SQL of the audit log: entries come, nobody changes them, and they are forgotten when they are old."""

from datetime import datetime
from uuid import UUID

from dossier.audit.model import Entry
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction


async def insert(transaction: Transaction, entry: Entry) -> None:
    await transaction.send(
        """
        INSERT INTO audit_entries (id, at, workspace_id, actor_type, actor_id, actor_name, via, client, request, act,
                                   subject, result, details)
        VALUES (%(id)s, %(at)s, %(workspace)s, %(type)s, %(actor)s, %(name)s, %(via)s, %(client)s, %(request)s, %(act)s,
                %(subject)s, %(result)s, %(details)s)
        """,
        id=entry.id,
        at=entry.at,
        workspace=entry.workspace_id,
        type=entry.actor["type"],
        actor=entry.actor["id"],
        name=entry.actor["name"],
        via=entry.via,
        client=entry.client,
        request=entry.request,
        act=entry.act,
        subject=entry.subject,
        result=entry.result,
        details=Jsonb(dict(entry.details)),
    )


async def page(
    reading: ReadSession, *, act: str | None, before: UUID | None, most: int, everything: bool = False
) -> list[Entry]:
    """The entries of the workspaces in scope (`everything`: of the server), the newest first, older than one of them."""
    rows = await reading.all(
        """
        SELECT * FROM audit_entries e
        WHERE (%(everything)s OR e.workspace_id = ANY(%(scope)s)) AND (%(act)s::text IS NULL OR e.act = %(act)s)
          AND (%(before)s::uuid IS NULL OR e.id < %(before)s)
        ORDER BY e.id DESC LIMIT %(most)s
        """,
        everything=everything,
        act=act,
        before=before,
        most=most,
    )
    return [_entry(row) for row in rows]


async def count(reading: ReadSession, *, act: str | None) -> int:
    row = await reading.one(
        "SELECT count(*) AS count FROM audit_entries WHERE workspace_id = ANY(%(scope)s)"
        " AND (%(act)s::text IS NULL OR act = %(act)s)",
        act=act,
    )
    number: int = row["count"]
    return number


async def workspaces_of(reading: ReadSession, member_id: UUID) -> list[UUID]:
    """Where a member works: what they do to their own account is known to all of these."""
    rows = await reading.whole().all(
        "SELECT workspace_id FROM memberships WHERE member_id = %(member)s AND accepted_at IS NOT NULL",
        member=member_id,
    )
    return [row["workspace_id"] for row in rows]


async def forget(transaction: Transaction, before: datetime) -> None:
    await transaction.send("DELETE FROM audit_entries WHERE at < %(before)s", before=before)


def _entry(row: Row) -> Entry:
    actor = {"type": row["actor_type"], "id": row["actor_id"], "name": row["actor_name"]}
    names = ("id", "at", "workspace_id", "via", "client", "request", "act", "subject", "result", "details")
    return Entry(actor=actor, **{name: row[name] for name in names})


async def forget_name(transaction: Transaction, actor_id: UUID) -> None:
    """For the operator only: a server may not change entries."""
    await transaction.send(
        "UPDATE audit_entries SET actor_name = 'erased member' WHERE actor_type = 'member' AND actor_id = %(id)s",
        id=actor_id,
    )
