"""The histories of cases in the order in which they were kept, read from a cursor on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from dossier import members
from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.webhooks.model.cursors import LAST, Cursor, Situation
from dossier.webhooks.model.events import ERASED, MOST_BYTES, Version

_SITUATION = """
SELECT commits_settled() AS settled,
  commits_settled() + pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    - pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS begun,
  coalesce((SELECT max(position) FROM commit_marks WHERE at <= %(kept_since)s), 0) AS floor,
  coalesce((SELECT max(position) FROM commit_marks), 0) AS mark
"""
# Whoever may not see the case any more goes on behind its event all the same. An erased one is behind its last event.
_IS_THERE = """
SELECT EXISTS (SELECT FROM commit_marks WHERE position = %(position)s AND %(case)s::uuid IS NULL) OR EXISTS (
  SELECT FROM case_events e
  WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.case_id = %(case)s::uuid
    AND e.version = %(version)s AND coalesce(e.position, 0) = %(position)s
) OR EXISTS (
  SELECT FROM case_tombstones t
  WHERE t.workspace_id = %(workspace)s AND t.workspace_id = ANY(%(scope)s) AND t.id = %(case)s::uuid
    AND coalesce(t.position, 0) >= %(position)s
) AS yes
"""
_SEEN = f"""
(%(only_owner)s::uuid IS NULL OR EXISTS (
  SELECT FROM cases c WHERE c.workspace_id = e.workspace_id AND c.id = e.case_id AND {members.seen_by_owner("c").own}))
"""
_NEWEST = f"""
SELECT n.* FROM unnest(%(scope)s::uuid[]) AS w (id) CROSS JOIN LATERAL (
  (SELECT e.workspace_id, e.position, e.case_id, e.version FROM case_events e
   WHERE e.workspace_id = w.id AND e.position < %(settled)s AND {_SEEN}
   ORDER BY e.position DESC, e.case_id DESC, e.version DESC LIMIT 1)
  UNION ALL
  (SELECT t.workspace_id, t.position, t.id, {LAST} FROM case_tombstones t
   WHERE t.workspace_id = w.id AND t.position < %(settled)s AND %(only_owner)s::uuid IS NULL
   ORDER BY t.position DESC, t.id DESC LIMIT 1)) AS n
ORDER BY n.position DESC, n.case_id DESC, n.version DESC LIMIT 1
"""
# What a reader sees: a limited member their own cases, and of those that are erased nobody knows whose they were.
_ENTRIES = f"""
SELECT e.workspace_id, coalesce(e.position, 0) AS position, e.at, e.case_id, e.version, e.version AS place, e.id, e.kind,
       e.actor_type, e.actor_id, e.changes
FROM case_events e
WHERE e.workspace_id = w.id AND {{where}} AND {{of_case}} AND {_SEEN}
ORDER BY e.{{order}}, e.case_id, e.version LIMIT %(most)s
"""
_ERASURES = f"""
SELECT t.workspace_id, coalesce(t.position, 0), t.deleted_at, t.id, 0, {LAST}, t.id, '{ERASED}', t.actor_type, t.actor_id, '{{{{}}}}'
FROM case_tombstones t
WHERE t.workspace_id = w.id AND {{where}} AND {{of_case}} AND %(only_owner)s::uuid IS NULL
ORDER BY t.{{order}}, t.id LIMIT %(most)s
"""
_ACTOR_NAME = """
CASE f.actor_type
  WHEN 'token' THEN (SELECT name FROM tokens t WHERE t.id = f.actor_id)
  WHEN 'member' THEN (SELECT coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email)
                      FROM members m WHERE m.id = f.actor_id)
END
"""
# What would be left out of an event does not leave the database either; few rows are large enough to be looked at.
_CHANGES = f"""
CASE WHEN pg_column_size(f.changes) < 2000 THEN f.changes ELSE
  (SELECT jsonb_object_agg(key, CASE WHEN octet_length(value::text) <= {MOST_BYTES} THEN value END) FROM jsonb_each(f.changes))
END
"""
_NEXT = f"""
SELECT f.workspace_id, s.slug, f.position, f.at, f.case_id, f.version, f.id, f.kind, f.actor_type, f.actor_id,
       {_ACTOR_NAME} AS actor_name, {_CHANGES} AS changes, c.template_id, c.reference, c.status, c.version AS newest
FROM (SELECT e.* FROM unnest(%(scope)s::uuid[]) AS w (id) CROSS JOIN LATERAL (
        SELECT * FROM (({{entries}}) UNION ALL ({{erasures}})) AS each ORDER BY {{order}}, case_id, place LIMIT %(most)s) AS e
      ORDER BY {{order}}, case_id, place LIMIT %(most)s) AS f
JOIN workspaces s ON s.id = f.workspace_id LEFT JOIN cases c ON c.workspace_id = f.workspace_id AND c.id = f.case_id
ORDER BY f.{{order}}, f.case_id, f.place
"""
_IN_ORDER = (
    "{alias}.position >= %(position)s AND {alias}.position < %(settled)s"
    " AND ({alias}.position, {key}) > (%(position)s, %(case)s, %(version)s)"
)
_OLDEST = "{alias}.position IS NULL AND ({alias}.{at}, {key}) > (%(at)s, %(case)s, %(version)s)"
# What a case was at a version is what the next change of it says it was before.
_WAS = """
SELECT e.workspace_id, e.case_id, e.version, e.changes -> 'status' AS status, e.changes -> 'reference' AS reference
FROM unnest(%(workspaces)s::uuid[], %(cases)s::uuid[], %(versions)s::bigint[]) AS p (workspace_id, case_id, version)
JOIN case_events e ON e.workspace_id = p.workspace_id AND e.case_id = p.case_id AND e.version > p.version
WHERE e.workspace_id = ANY(%(scope)s) AND e.changes ?| ARRAY['status', 'reference'] ORDER BY e.version DESC
"""


def _next(where: LiteralString, at: LiteralString, erased_at: LiteralString, of_case: LiteralString) -> LiteralString:
    """The statement for what comes next by a column, of every case or of the one whose id `of_case` compares."""
    entries = _ENTRIES.format(
        where=where.format(alias="e", at=at, key="e.case_id, e.version"), order=at, of_case=of_case.format("e.case_id")
    )
    erasures = _ERASURES.format(
        where=where.format(alias="t", at=erased_at, key=f"t.id, {LAST}"),
        order=erased_at,
        of_case=of_case.format("t.id"),
    )
    return _NEXT.format(entries=entries, erasures=erasures, order=at)


_OF_CASES = {False: "true", True: "{} = %(only)s"}
_QUERIES = {
    one: (_next(_OLDEST, "at", "deleted_at", of_case), _next(_IN_ORDER, "position", "position", of_case))
    for one, of_case in _OF_CASES.items()
}


async def situation(reading: ReadSession, kept_since: datetime) -> Situation:
    """How far the order of events is now; those before `kept_since` are not told any more."""
    return Situation(**await reading.one(_SITUATION, kept_since=kept_since))


async def is_there(reading: ReadSession, cursor: Cursor) -> bool:
    """Whether what a cursor names is kept here, in a workspace that is in scope."""
    event = cursor.is_of_event
    row = await reading.one(
        _IS_THERE,
        position=cursor.position,
        workspace=cursor.workspace if event else None,
        case=cursor.case if event else None,
        version=cursor.version,
    )
    return bool(row["yes"])


async def newest(reading: ReadSession, settled: int) -> Cursor | None:
    """Behind the last thing that happened in scope below `settled`; None where nothing did."""
    row = await reading.first(_NEWEST, settled=settled)
    if row is None:
        return None
    return Cursor(row["position"], 0, row["case_id"], row["version"], 0, row["workspace_id"])


async def since(
    reading: ReadSession, cursor: Cursor, settled: int, most: int, case_id: UUID | None = None
) -> list[Version]:
    """The versions behind a cursor, of every case in scope or of one, in the order in which they were kept; `most` at most.

    `settled`: a `Situation`'s, of before. Fewer than `most`: there are no more below it.
    """
    oldest, in_order = _QUERIES[case_id is not None]
    rows: list[Row] = []
    if not cursor.position:
        rows = await _rows(reading, oldest, cursor, settled, most, case_id)
        cursor = Cursor(1)
    if len(rows) < most:
        rows += await _rows(reading, in_order, cursor, settled, most - len(rows), case_id)
    was = await _was(reading, rows)
    return [_version(row, was.get((row["case_id"], row["version"]), {})) for row in rows]


async def version(reading: ReadSession, case_id: UUID, number: int) -> Version | None:
    """One version of a case in scope as its history has it now; None when it is gone."""
    row = await reading.first(
        "SELECT coalesce(position, 0) AS position, at FROM case_events"
        " WHERE workspace_id = ANY(%(scope)s) AND case_id = %(case)s AND version = %(version)s",
        case=case_id,
        version=number,
    )
    if row is None:
        return None
    at = 0 if row["position"] else round(row["at"].timestamp() * 1000)
    before = Cursor(row["position"], at, case_id, number - 1)
    return next(iter(await since(reading, before, row["position"] + 1, 1, case_id)), None)


async def _rows(
    reading: ReadSession, query: LiteralString, cursor: Cursor, settled: int, most: int, case_id: UUID | None
) -> list[Row]:
    return await reading.all(
        query,
        position=cursor.position,
        at=cursor.moment,
        case=cursor.case,
        # Behind some of the events of a version stands the version itself.
        version=cursor.version - (cursor.given > 0),
        settled=settled,
        most=most,
        only=case_id,
    )


async def _was(reading: ReadSession, rows: Sequence[Row]) -> dict[tuple[UUID, int], dict[str, Any]]:
    """Case and version → what of the case was another one then than it is now."""
    changed = [row for row in rows if row["newest"] is not None and row["newest"] > row["version"]]
    if not changed:
        return {}
    first: dict[UUID, Row] = {}
    for row in changed:
        first[row["case_id"]] = min(row, first.get(row["case_id"], row), key=lambda each: each["version"])
    later = await reading.all(
        _WAS,
        workspaces=[row["workspace_id"] for row in first.values()],
        cases=list(first),
        versions=[row["version"] for row in first.values()],
    )
    return {(row["case_id"], row["version"]): _before(row, later) for row in changed}


def _before(row: Row, later: Sequence[Row]) -> dict[str, Any]:
    """By what the changes after a version, the last one first, say that there was before."""
    was: dict[str, Any] = {}
    for change in later:
        if change["case_id"] == row["case_id"] and change["version"] > row["version"]:
            was |= {name: change[name]["old"] for name in ("status", "reference") if change[name]}
    return was


def _version(row: Row, was: dict[str, Any]) -> Version:
    template = row["template_id"]
    case = {
        "id": str(row["case_id"]),
        "reference": was.get("reference", row["reference"]),
        "template": template and str(template),
        "status": was.get("status", row["status"]),
        "version": row["version"] or None,
    }
    return Version(
        position=row["position"],
        workspace={"id": str(row["workspace_id"]), "slug": row["slug"]},
        case=case,
        case_id=row["case_id"],
        version=row["version"],
        id=row["id"],
        at=row["at"],
        kind=row["kind"],
        actor={
            "type": row["actor_type"],
            "id": row["actor_id"] and str(row["actor_id"]),
            "name": row["actor_name"] or "Dossier",
        },
        changes=row["changes"],
    )


async def mark(transaction: Transaction, keep_since: datetime) -> None:
    """Write down how far the order is now, and forget such marks but the last one before `keep_since`."""
    await transaction.send(
        "INSERT INTO commit_marks (at, position) VALUES (%(now)s, commits_settled() - 1) ON CONFLICT DO NOTHING",
        now=transaction.clock(),
    )
    await transaction.send(
        "DELETE FROM commit_marks WHERE at < (SELECT max(at) FROM commit_marks WHERE at <= %(since)s)", since=keep_since
    )
