"""The SQL of notices: each is somebody's own, and of one workspace."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message
from dossier.foundation.stored_messages import restored, stored
from dossier.members import seen_by_owner
from dossier.notices.model import KINDS, USUAL, About, Kind, Mailing, Notice, Recipient, Task, Way

_INSERT = """
INSERT INTO notices (workspace_id, id, member_id, kind, case_id, form_id, what, actor_id, actor_name, at, mailing)
SELECT %(workspace)s, n.id, n.member_id, %(kind)s, %(case)s, %(form)s, %(what)s, %(who)s, %(by)s, %(now)s,
       CASE coalesce(c.way, %(usual)s) WHEN 'mail' THEN CASE WHEN NOT %(written)s THEN 'soon' END WHEN 'digest' THEN 'daily' END
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[]) AS n (id, member_id)
JOIN memberships p ON p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s)
  AND p.member_id = n.member_id AND p.accepted_at IS NOT NULL
LEFT JOIN notice_choices c ON c.workspace_id = p.workspace_id AND c.member_id = n.member_id AND c.kind = %(kind)s
WHERE coalesce(c.way, %(usual)s) <> 'off'
"""


async def insert(
    transaction: Transaction,
    workspace_id: UUID,
    members: Sequence[UUID],
    kind: Kind,
    what: Message,
    about: About,
) -> None:
    """One for each of them who works here and wants to know."""
    await transaction.send(
        _INSERT,
        workspace=workspace_id,
        ids=[new_id() for _ in members],
        members=list(members),
        kind=kind,
        usual=USUAL[kind],
        case=about.case_id,
        form=about.form_id,
        written=about.written,
        what=stored([what]),
        who=transaction.actor.id,
        by=transaction.actor.name,
        now=transaction.clock(),
    )


_COLUMNS = "n.id, n.kind, n.case_id, n.form_id, c.title, n.what, n.actor_name AS by, n.at, n.seen_at"
_OF_CASE = "LEFT JOIN cases c ON c.id = n.case_id AND c.workspace_id = n.workspace_id AND "

_PAGE = f"""
SELECT {_COLUMNS} FROM notices n {_OF_CASE} {seen_by_owner("c")}
WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.member_id = %(member)s
  AND (%(before)s::uuid IS NULL OR n.id < %(before)s)
ORDER BY n.id DESC LIMIT %(most)s
"""


async def page(
    reading: ReadSession, workspace_id: UUID, member_id: UUID | None, before: UUID | None, most: int
) -> list[Notice]:
    """What a member was told, the newest first, older than one of it."""
    rows = await reading.all(_PAGE, workspace=workspace_id, member=member_id, before=before, most=most)
    return [_notice(row) for row in rows]


def _notice(row: Row) -> Notice:
    return Notice(**{**row, "what": restored(row["what"])[0]})


async def unseen(reading: ReadSession, workspace_id: UUID, member_id: UUID | None, most: int) -> int:
    """How many they have not seen, counted up to `most`."""
    row = await reading.one(
        """
        SELECT count(*) AS count FROM (
          SELECT FROM notices n WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s)
            AND n.member_id = %(member)s AND n.seen_at IS NULL LIMIT %(most)s) AS counted
        """,
        workspace=workspace_id,
        member=member_id,
        most=most,
    )
    number: int = row["count"]
    return number


async def see(
    transaction: Transaction, workspace_id: UUID, member_id: UUID | None, id: UUID | None = None
) -> list[About]:
    """Note that one was seen, or all that were not; what each is about. What was seen is not mailed any more."""
    rows = await transaction.all(
        """
        UPDATE notices n SET seen_at = coalesce(n.seen_at, %(now)s), mailing = NULL
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.member_id = %(member)s
          AND CASE WHEN %(id)s::uuid IS NULL THEN n.seen_at IS NULL ELSE n.id = %(id)s END
        RETURNING n.case_id, n.form_id
        """,
        workspace=workspace_id,
        member=member_id,
        id=id,
        now=transaction.clock(),
    )
    return [About(**row) for row in rows]


async def choices(reading: ReadSession, workspace_id: UUID, member_id: UUID | None) -> dict[Kind, Way]:
    """How a member is told of each kind."""
    rows = await reading.all(
        """
        SELECT kind, way FROM notice_choices
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND member_id = %(member)s
        """,
        workspace=workspace_id,
        member=member_id,
    )
    chosen = {row["kind"]: row["way"] for row in rows}
    return {kind: chosen.get(kind, USUAL[kind]) for kind in KINDS}


async def choose(
    transaction: Transaction, workspace_id: UUID, member_id: UUID | None, ways: Mapping[Kind, Way]
) -> None:
    await transaction.send(
        """
        INSERT INTO notice_choices (workspace_id, member_id, kind, way)
        SELECT %(workspace)s, %(member)s, kind, way FROM unnest(%(kinds)s::text[], %(ways)s::text[]) AS n (kind, way)
        ON CONFLICT (workspace_id, member_id, kind) DO UPDATE SET way = excluded.way
        """,
        workspace=workspace_id,
        member=member_id,
        kinds=list(ways),
        ways=list(ways.values()),
    )


# ---- what is due ----


async def put_tasks(
    transaction: Transaction, workspace_id: UUID, case_id: UUID, tasks: Sequence[Task], new: Sequence[Task]
) -> None:
    """This is to be done on a case by a time, and nothing else; of what is not `new`, who was told of it is not told again."""
    await transaction.send(_DROP_TASKS, **_columns(workspace_id, case_id, tasks))
    if new:
        await transaction.send(_PUT_TASKS, **_columns(workspace_id, case_id, new))


def _columns(workspace_id: UUID, case_id: UUID, tasks: Sequence[Task]) -> dict[str, Any]:
    return {
        "workspace": workspace_id,
        "case": case_id,
        "steps": [each.step for each in tasks],
        "titles": [each.title for each in tasks],
        "members": [each.member_id for each in tasks],
        "dues": [each.due_at for each in tasks],
    }


_DROP_TASKS = """
DELETE FROM notice_dues d
WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s) AND d.case_id = %(case)s AND NOT EXISTS (
  SELECT FROM unnest(%(steps)s::text[], %(members)s::uuid[], %(dues)s::timestamptz[]) AS t (step, member_id, due_at)
  WHERE t.step = d.step AND t.member_id = d.member_id AND t.due_at = d.due_at)
"""
_PUT_TASKS = """
INSERT INTO notice_dues (workspace_id, case_id, step, title, member_id, due_at)
SELECT %(workspace)s, %(case)s, t.step, t.title, t.member_id, t.due_at
FROM unnest(%(steps)s::text[], %(titles)s::text[], %(members)s::uuid[], %(dues)s::timestamptz[])
  AS t (step, title, member_id, due_at)
JOIN memberships p ON p.workspace_id = %(workspace)s AND p.member_id = t.member_id
ON CONFLICT (workspace_id, case_id, step) DO UPDATE SET title = excluded.title, member_id = excluded.member_id, due_at = excluded.due_at
"""


async def workspaces_with_dues(transaction: Transaction, until: datetime) -> list[UUID]:
    """Where something is due until a time: for the server itself."""
    rows = await transaction.whole().all(
        "SELECT w.id FROM workspaces w WHERE EXISTS"
        " (SELECT FROM notice_dues d WHERE d.workspace_id = w.id AND d.due_at <= %(until)s)",
        until=until,
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Due:
    """A step that somebody has to do by a time, which a day of their workspace's clock says."""

    case_id: UUID
    member_id: UUID
    title: str
    due_at: datetime
    time_zone: str


async def take_dues(transaction: Transaction, workspace_id: UUID, until: datetime, most: int) -> list[Due]:
    """What is due there until a time; from now on it is told."""
    rows = await transaction.all(
        """
        DELETE FROM notice_dues d USING (
          SELECT case_id, step FROM notice_dues WHERE workspace_id = %(workspace)s AND due_at <= %(until)s
          ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) n
        WHERE d.workspace_id = %(workspace)s AND d.workspace_id = ANY(%(scope)s)
          AND d.case_id = n.case_id AND d.step = n.step
        RETURNING d.case_id, d.member_id, d.title, d.due_at,
          (SELECT w.time_zone FROM workspaces w WHERE w.id = d.workspace_id) AS time_zone
        """,
        workspace=workspace_id,
        until=until,
        most=most,
    )
    return [Due(**row) for row in rows]


# ---- by e-mail ----


async def to_mail(transaction: Transaction, mailing: Mailing, hour: int | None) -> list[Recipient]:
    """Whom something waits for; `hour`: that was there when it last was that hour of the day, however late it is by now."""
    rows = await transaction.whole().all(
        """
        SELECT n.workspace_id, n.member_id, m.email, m.language, w.name AS workspace, w.time_zone
        FROM (SELECT workspace_id, member_id, min(at) AS at FROM notices WHERE mailing = %(mailing)s GROUP BY 1, 2) n
        JOIN workspaces w ON w.id = n.workspace_id JOIN members m ON m.id = n.member_id
        WHERE %(hour)s::int IS NULL OR n.at < (
          date_trunc('day', %(now)s AT TIME ZONE w.time_zone - make_interval(hours => %(hour)s)) + make_interval(hours => %(hour)s)
        ) AT TIME ZONE w.time_zone
        """,
        mailing=mailing,
        hour=hour,
        now=transaction.clock(),
    )
    return [Recipient(**row) for row in rows]


async def take(transaction: Transaction, recipient: Recipient, mailing: Mailing) -> list[Notice]:
    """What waits for a member, the oldest first; from now on it is sent. Titles only of cases that they may see."""
    rows = await transaction.all(_TAKE, workspace=recipient.workspace_id, member=recipient.member_id, mailing=mailing)
    return [_notice(row) for row in rows]


_TAKE = f"""
WITH taken AS (
  UPDATE notices n SET mailing = NULL
  WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.member_id = %(member)s
    AND n.mailing = %(mailing)s
  RETURNING n.*
)
SELECT {_COLUMNS} FROM taken n
JOIN memberships p ON p.workspace_id = n.workspace_id AND p.member_id = n.member_id
{_OF_CASE} (p.role <> 'limited' OR c.owner_id = n.member_id)
ORDER BY n.id
"""


async def note_mail(transaction: Transaction, workspace_id: UUID, message_id: UUID, cases: Sequence[UUID]) -> None:
    """Note of which cases an e-mail tells, so that nothing of one is left in it when it is erased."""
    await transaction.send(
        """
        INSERT INTO notice_mails (workspace_id, case_id, message_id)
        SELECT %(workspace)s, case_id, %(message)s FROM unnest(%(cases)s::uuid[]) AS c (case_id) ON CONFLICT DO NOTHING
        """,
        workspace=workspace_id,
        message=message_id,
        cases=list(cases),
    )


async def take_mails(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> list[UUID]:
    """The e-mails that tell of a case; that is not known any more."""
    rows = await transaction.all(
        "DELETE FROM notice_mails WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " AND case_id = %(case)s RETURNING message_id",
        workspace=workspace_id,
        case=case_id,
    )
    return [row["message_id"] for row in rows]


async def take_mails_saying(transaction: Transaction, workspace_id: UUID, names: Collection[str]) -> list[UUID]:
    """The e-mails to members in which one of these names stands."""
    rows = await transaction.all(
        """
        SELECT m.id FROM messages m
        WHERE m.workspace_id = %(workspace)s AND m.workspace_id = ANY(%(scope)s) AND m.member_id IS NOT NULL
          AND EXISTS (SELECT FROM unnest(%(names)s::text[]) AS n (name) WHERE strpos(m.body, n.name) > 0)
        """,
        workspace=workspace_id,
        names=list(names),
    )
    return [row["id"] for row in rows]


async def forget_of_messages(transaction: Transaction, workspace_id: UUID, cases: Collection[UUID]) -> None:
    """Nobody is told any more what came of messages of these cases: it says to and from whom."""
    await transaction.send(
        """
        DELETE FROM notices WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND case_id = ANY(%(cases)s::uuid[]) AND kind IN ('answered', 'bounced', 'failed', 'told')
        """,
        workspace=workspace_id,
        cases=list(cases),
    )


async def forget_names(transaction: Transaction, workspace_id: UUID, member_id: UUID, names: Collection[str]) -> None:
    """What somebody did does not say any more who it was, and what says so itself is gone."""
    of = {"workspace": workspace_id, "names": list(names)}
    await transaction.send(
        """
        DELETE FROM notices n WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s)
          AND EXISTS (SELECT FROM unnest(%(names)s::text[]) AS s (name) WHERE strpos(n.what, s.name) > 0)
        """,
        **of,
    )
    await transaction.send(
        """
        UPDATE notices SET actor_name = '–' WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (actor_id = %(member)s OR actor_id IS NULL AND actor_name = ANY(%(names)s::text[]))
        """,
        member=member_id,
        **of,
    )


async def owner_of(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> UUID | None:
    """Who has a case, if anybody."""
    row = await reading.first(
        "SELECT c.owner_id FROM cases c WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = %(case)s",
        workspace=workspace_id,
        case=case_id,
    )
    return row["owner_id"] if row else None


async def forget(transaction: Transaction, before: datetime) -> None:
    await transaction.send("DELETE FROM notices WHERE at < %(before)s", before=before)
