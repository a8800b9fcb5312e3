"""The history of a kept thing: written with it in one statement; read by page, by version, by time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.stored_messages import restored, stored
from dossier.records.model import Changes, ChangeSet, HistoryEntry, Record, T

# From one entry that changes something new to the next, so that each is looked at once, and few are read.
_FIRST_CHANGES = """
WITH RECURSIVE first AS (
  (SELECT e.version, e.changes, ARRAY(SELECT jsonb_object_keys(e.changes)) AS paths FROM {history} e
   WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{key} = %(thing)s AND e.at > %(moment)s
   ORDER BY e.version LIMIT 1)
  UNION ALL
  SELECT next.version, next.changes - first.paths,
         first.paths || ARRAY(SELECT jsonb_object_keys(next.changes - first.paths))
  FROM first CROSS JOIN LATERAL (
    SELECT e.version, e.changes FROM {history} e
    WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{key} = %(thing)s
      AND e.version > first.version AND e.changes - first.paths <> '{{}}'
    ORDER BY e.version LIMIT 1) AS next
)
SELECT version, changes FROM first
"""


def recording(record: Record[T]) -> LiteralString:
    """The end of a statement that writes things: what is recorded, as `entries`, is exactly what is kept."""
    place, position = _in_order(record) if record.in_order else ("", "")
    return f"""
    INSERT INTO {record.history}
      (workspace_id, {record.key}, at, version, id, kind, actor_type, actor_id, via, changes, reason{place})
    SELECT entry.*{position} FROM jsonb_to_recordset(%(entries)s) AS entry
      (workspace_id uuid, thing uuid, at timestamptz, version bigint, id uuid, kind text, actor_type text, actor_id uuid,
       via text, changes jsonb, reason text)
    """


def _in_order(record: Record[T]) -> tuple[LiteralString, LiteralString]:
    """The transaction that writes, or the one that wrote the version before: who waited for that may have begun earlier."""
    return (
        ", position",
        f""",
      greatest(commit_position(), (
        SELECT last.position FROM {record.history} last
        WHERE last.workspace_id = entry.workspace_id AND last.{record.key} = entry.thing AND last.version < entry.version
        ORDER BY last.version DESC LIMIT 1))
    """,
    )


def inserting(record: Record[T], table: LiteralString, columns: LiteralString) -> LiteralString:
    """The statement that makes a row of these columns, each of which it gets under its name, and its first entries."""
    return f"WITH made AS (INSERT INTO {table} ({columns}) VALUES ({_values(columns)})) {recording(record)}"


def updating(record: Record[T], table: LiteralString, columns: LiteralString) -> LiteralString:
    """The same for a row that is there, found by `workspace_id` and `id` in the scope."""
    return f"""
    WITH changed AS (
      UPDATE {table} SET ({columns}) = ROW ({_values(columns)})
      WHERE workspace_id = %(workspace_id)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
    ) {recording(record)}
    """


def _values(columns: LiteralString) -> LiteralString:
    return ", ".join(f"%({name})s" for name in columns.split(", "))


def entries_of(transaction: Transaction, change: ChangeSet[T]) -> list[dict[str, Any]]:
    """The rows that `recording` writes: what the thing did by itself is its own, the rest the actor's."""
    actor, after = transaction.actor, change.after
    first = after.version - len(change.entries) + 1
    return [
        {
            "workspace_id": after.workspace_id,
            "thing": after.id,
            "at": after.updated_at,
            "version": version,
            "id": new_id(),
            "kind": entry.kind,
            "actor_type": "system" if entry.automatic else actor.type,
            "actor_id": None if entry.automatic else actor.id,
            "via": "automation" if entry.automatic else actor.via,
            "changes": entry.changes,
            "reason": stored([entry.reason]) if entry.reason else None,
        }
        for version, entry in enumerate(change.entries, first)
    ]


async def write(transaction: Transaction, change: ChangeSet[T]) -> None:
    """Write the entries of a change whose thing is written apart."""
    if change.changed:
        await transaction.send(recording(change.record), entries=Jsonb(entries_of(transaction, change)))


async def newest(reading: ReadSession, record: Record[T], workspace_id: UUID, id: UUID) -> int:
    """The version that the newest entry made of a thing; 0 where it has none."""
    row = await reading.one(
        f"""
        SELECT coalesce(max(e.version), 0) AS version FROM {record.history} e
        WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{record.key} = %(id)s
        """,
        workspace=workspace_id,
        id=id,
    )
    return int(row["version"])


async def forget(transaction: Transaction, record: Record[T], workspace_id: UUID, id: UUID) -> None:
    """Forget what happened to a thing that is gone."""
    await transaction.send(
        f"""
        DELETE FROM {record.history} e
        WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{record.key} = %(id)s
        """,
        workspace=workspace_id,
        id=id,
    )


async def page(
    reading: ReadSession, record: Record[T], thing: T, limit: int, offset: int
) -> tuple[int, list[HistoryEntry]]:
    """The entries, newest first, and how many there are."""
    select, values = _select(record), _of(thing)
    rows = await reading.send(
        select + "ORDER BY e.version DESC LIMIT %(limit)s OFFSET %(offset)s", limit=limit, offset=offset, **values
    )
    count = await reading.one(f"SELECT count(*) AS count FROM ({select}) AS entries", **values)
    return count["count"], [_entry(row) for row in await rows.all()]


async def get(reading: ReadSession, record: Record[T], thing: T, entry_id: UUID) -> HistoryEntry | None:
    """One entry by its id."""
    row = await reading.first(_select(record) + "AND e.id = %(entry)s", entry=entry_id, **_of(thing))
    return _entry(row) if row else None


async def of_version(reading: ReadSession, record: Record[T], thing: T, version: int) -> HistoryEntry | None:
    """The entry that made a version."""
    row = await reading.first(_select(record) + "AND e.version = %(version)s", version=version, **_of(thing))
    return _entry(row) if row else None


async def since(
    reading: ReadSession, record: Record[T], thing: T, version: int, paths: Sequence[str] | None = None
) -> list[HistoryEntry]:
    """The entries after a version that changed one of the paths (None: anything), newest first."""
    rows = await reading.all(
        _select(record)
        + """AND e.version > %(version)s AND (%(paths)s::text[] IS NULL OR e.changes ?| %(paths)s::text[])
        ORDER BY e.version DESC""",
        version=version,
        paths=None if paths is None else list(paths),
        **_of(thing),
    )
    return [_entry(row) for row in rows]


async def before(reading: ReadSession, record: Record[T], thing: T, moment: datetime) -> tuple[dict[str, Any], int]:
    """Path → the part as it was at a moment, for what was changed later, and the version at that moment."""
    query = _FIRST_CHANGES.format(history=record.history, key=record.key)
    rows = await reading.all(query, moment=moment, **_of(thing))
    was = {path: change["old"] for row in rows for path, change in row["changes"].items()}
    return was, rows[0]["version"] - 1 if rows else thing.version


async def moment_of(reading: ReadSession, record: Record[T], thing: T, version: int) -> datetime | None:
    """When the thing had come to a version; None: it had not been made by then."""
    row = await reading.first(
        _select(record) + "AND e.version <= %(version)s ORDER BY e.version DESC LIMIT 1", version=version, **_of(thing)
    )
    return row["at"] if row else None


async def rewrite(
    transaction: Transaction,
    record: Record[T],
    workspace_id: UUID,
    text: str,
    anew: Callable[[Changes], Changes],
    things: Sequence[UUID] | None = None,
    *,
    in_any_case: bool = False,
) -> set[UUID]:
    """Put anew what entries say in which the text stands; the things whose they are. Only for erasing: histories are append-only.

    `things`: those in whose histories it can stand; None: every history is read. `in_any_case`: in whichever letters.
    """
    found = "strpos(e.changes::text, %(text)s) > 0"
    if in_any_case:
        found = "strpos(lower(e.changes::text), lower(%(text)s)) > 0"
    within = "" if things is None else f"AND e.{record.key} = ANY(%(things)s::uuid[])"
    rows = await transaction.all(
        f"""
        SELECT e.{record.key} AS thing, e.version, e.changes FROM {record.history} e
        WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s)
          {within} AND {found} ORDER BY e.{record.key}, e.version FOR UPDATE
        """,
        workspace=workspace_id,
        text=text,
        things=things,
    )
    changed = [(row, changes) for row in rows if (changes := anew(row["changes"])) != row["changes"]]
    for row, changes in changed:
        await transaction.send(
            f"""
            UPDATE {record.history} SET changes = %(changes)s
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
              AND {record.key} = %(thing)s AND version = %(version)s
            """,
            workspace=workspace_id,
            thing=row["thing"],
            version=row["version"],
            changes=Jsonb(changes),
        )
    return {row["thing"] for row, _ in changed}


async def sources(reading: ReadSession, record: Record[T], thing: T, prefix: str) -> dict[str, tuple[Any, datetime]]:
    """Path that begins so → where the newest value of the part there was given, and when; not of those that were changed here."""
    rows = await reading.all(
        f"""
        SELECT newest.* FROM (
          SELECT DISTINCT ON (change.key) change.key, change.value -> 'source' AS source, e.at
          FROM {record.history} e CROSS JOIN jsonb_each(e.changes) AS change
          WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{record.key} = %(thing)s
            AND starts_with(change.key, %(prefix)s) ORDER BY change.key, e.version DESC) AS newest
        WHERE newest.source IS NOT NULL
        """,
        prefix=prefix,
        **_of(thing),
    )
    return {row["key"]: (row["source"], row["at"]) for row in rows}


async def mentioned(reading: ReadSession, record: Record[T], thing: T, prefix: str) -> set[UUID]:
    """The ids of what stands, or has stood, at paths that begin so."""
    rows = await reading.all(
        f"""
        SELECT DISTINCT (side.value ->> 'id')::uuid AS id
        FROM {record.history} e CROSS JOIN jsonb_each(e.changes) AS change CROSS JOIN jsonb_each(change.value) AS side
        WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{record.key} = %(thing)s
          AND starts_with(change.key, %(prefix)s) AND jsonb_typeof(side.value) = 'object'
        """,
        prefix=prefix,
        **_of(thing),
    )
    return {row["id"] for row in rows}


def _select(record: Record[T]) -> LiteralString:
    return f"""
    SELECT e.id, e.at, e.version, e.kind, e.actor_type, e.actor_id, e.via, e.changes, e.reason,
           CASE e.actor_type
             WHEN 'token' THEN (SELECT name FROM tokens t WHERE t.id = e.actor_id)
             WHEN 'member' THEN (SELECT coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email)
                                 FROM members m WHERE m.id = e.actor_id)
             WHEN 'contact' THEN coalesce(
               (SELECT coalesce(nullif(concat_ws(' ', p.given_name, p.family_name), ''), p.email, p.phone)
                FROM contacts p WHERE p.workspace_id = e.workspace_id AND p.id = e.actor_id), 'Contact')
           END AS actor_name
    FROM {record.history} e
    WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.{record.key} = %(thing)s
    """


def _of(thing: T) -> dict[str, object]:
    return {"workspace": thing.workspace_id, "thing": thing.id}


def _entry(row: Row) -> HistoryEntry:
    type, id, name = row.pop("actor_type"), row.pop("actor_id"), row.pop("actor_name")
    reason = next(iter(restored(row.pop("reason"))), None)
    return HistoryEntry(**row, reason=reason, actor={"type": type, "id": id, "name": name or "Dossier"})
