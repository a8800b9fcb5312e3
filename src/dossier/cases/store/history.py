"""The history of a case: read by page, by version, by time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dossier.cases.model import HistoryEntry
from dossier.foundation.database import Reading, Row

_SELECT = """
SELECT e.id, e.at, e.version, e.kind, e.actor_type, e.actor_id, e.via, e.changes, e.reason,
       CASE e.actor_type
         WHEN 'token' THEN (SELECT name FROM tokens t WHERE t.id = e.actor_id)
         WHEN 'member' THEN (SELECT coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email)
                             FROM members m WHERE m.id = e.actor_id)
       END AS actor_name
FROM case_events e
WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.case_id = %(case_id)s
"""


async def page(
    reading: Reading, workspace_id: UUID, case_id: UUID, limit: int, offset: int
) -> tuple[int, list[HistoryEntry]]:
    """The entries, newest first, and how many there are."""
    values = {"workspace": workspace_id, "case_id": case_id}
    rows = await reading.send(
        _SELECT + "ORDER BY e.version DESC LIMIT %(limit)s OFFSET %(offset)s", limit=limit, offset=offset, **values
    )
    count = await reading.one(f"SELECT count(*) AS count FROM ({_SELECT}) AS entries", **values)
    return count["count"], [_entry(row) for row in await rows.all()]


async def get(reading: Reading, workspace_id: UUID, case_id: UUID, entry_id: UUID) -> HistoryEntry | None:
    row = await reading.first(_SELECT + "AND e.id = %(id)s", workspace=workspace_id, case_id=case_id, id=entry_id)
    return _entry(row) if row else None


async def of_version(reading: Reading, workspace_id: UUID, case_id: UUID, version: int) -> HistoryEntry | None:
    values = {"workspace": workspace_id, "case_id": case_id, "version": version}
    row = await reading.first(_SELECT + "AND e.version = %(version)s", **values)
    return _entry(row) if row else None


async def since(
    reading: Reading, workspace_id: UUID, case_id: UUID, version: int, paths: Sequence[str] | None
) -> list[HistoryEntry]:
    """The entries after a version that changed one of the paths (None: anything), newest first."""
    rows = await reading.all(
        _SELECT
        + """AND e.version > %(version)s AND (%(paths)s::text[] IS NULL OR e.changes ?| %(paths)s::text[])
        ORDER BY e.version DESC""",
        workspace=workspace_id,
        case_id=case_id,
        version=version,
        paths=None if paths is None else list(paths),
    )
    return [_entry(row) for row in rows]


async def after(
    reading: Reading, workspace_id: UUID, case_id: UUID, moment: datetime
) -> tuple[list[HistoryEntry], datetime | None]:
    """The entries after a moment, newest first, and the time of the last one until then (None: the case was not yet)."""
    values = {"workspace": workspace_id, "case_id": case_id, "moment": moment}
    rows = await reading.send(_SELECT + "AND e.at > %(moment)s ORDER BY e.version DESC", **values)
    last = await reading.one(f"SELECT max(at) AS at FROM ({_SELECT} AND e.at <= %(moment)s) AS earlier", **values)
    return [_entry(row) for row in await rows.all()], last["at"]


def _entry(row: Row) -> HistoryEntry:
    type, id, name = row.pop("actor_type"), row.pop("actor_id"), row.pop("actor_name")
    return HistoryEntry(**row, actor={"type": type, "id": id, "name": name or "Dossier"})
