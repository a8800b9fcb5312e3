"""Which rows are meant, and how many there are: exactly, or for people to `MAX_COUNTED` and then “more than that”."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dossier.conditions import Condition
from dossier.foundation.actor import Scope
from dossier.foundation.database import ReadSession
from dossier.listing.collection import Archived, Collection, Matching, Selection
from dossier.listing.sql import Related, related, related_things, to_sql

_FROM = "FROM {source} WHERE {alias}.workspace_id = ANY(%(scope)s) AND {where}"
MAX_COUNTED = 1000  # that are counted for a page
_SOME = """
SELECT {grouped}count(*) AS count FROM (
  SELECT {columns} FROM {source} WHERE {alias}.workspace_id = ANY(%(scope)s) AND {where} LIMIT {most}) AS {alias} {end}
"""
_FEW_RELATED = "SELECT related.id FROM ({things} LIMIT {most}) AS related"
_ARCHIVED = {"true": [True], "false": [False], "any": [True, False]}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have the same values, and how many they are."""

    values: dict[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many rows there are: by group, unless there are `more` than were counted, and in all."""

    total: int
    groups: Sequence[Group] = ()
    more: bool = False


async def matching(
    reading: ReadSession,
    kind: Collection,
    selection: Selection,
    ready: Set[str] | None = None,
    found: Related | None = None,
) -> Matching:
    """The rows of a selection; `ready` (`ready_fields`) and `found` (`find_related`) where they were asked for already."""
    text = f"{kind.live(selection.archived)} AND {kind.visible.within_workspaces(reading.scope)}"
    values: dict[str, Any] = {}
    if selection.condition is not None:
        if ready is None:
            ready = (await asked_ready(reading, kind, selection)).ready or frozenset()
        if found is None:
            found = await find_related(reading, kind, selection.condition)
        condition, values = to_sql(selection.condition, kind.columns, ready=ready, found=found)
        text = f"{text} AND {condition}"
    return text, values


async def find_related(reading: ReadSession, kind: Collection, condition: Condition | None) -> Related:
    """What is related in the way that a condition asks, where that is few: then no row is looked at that is not. Nobody of
    a name is nothing at once. Where it is many, the rows are found on the way.
    """
    found: dict[int, list[UUID]] = {}
    for part in related(condition) if condition else ():
        things, values = related_things(part, kind.columns)
        rows = await (await reading.plan(_FEW_RELATED.format(things=things, most=MAX_COUNTED + 1), **values)).all()
        if len(rows) <= MAX_COUNTED:
            found[id(part)] = sorted({row["id"] for row in rows})
    return found


async def asked_ready(reading: ReadSession, kind: Collection, selection: Selection) -> Selection:
    """The same selection, knowing which fields are ready."""
    if selection.ready is not None:
        return selection
    return replace(selection, ready=await ready_fields(reading, kind, selection.condition))


async def ready_fields(reading: ReadSession, kind: Collection, condition: Condition | None) -> frozenset[str]:
    """The fields that the side table answers for, if the condition looks at any field."""
    looks = condition is not None and any(each.attribute.is_field for each in condition.comparisons())
    if not looks or not kind.ready:
        return frozenset()
    return frozenset(row["field"] for row in await reading.all(kind.ready))


async def total(reading: ReadSession, kind: Collection, selection: Selection) -> int:
    """How many there are of a selection."""
    return await total_of(reading, kind, selection, await matching(reading, kind, selection))


async def total_of(reading: ReadSession, kind: Collection, selection: Selection, rows: Matching) -> int:
    """The same, where the rows are known already."""
    if is_kept(kind, selection, reading.scope):
        return int((await reading.one(kind.total, archived=archives(selection)))["count"])
    return await count(reading, kind, rows)


def is_kept(kind: Collection, selection: Selection, scope: Scope) -> bool:
    """Whether the kind keeps how many there are of a selection."""
    return bool(kind.total) and selection.condition is None and scope.owner is None


def archives(selection: Selection) -> list[bool]:
    """Which of archived and live things are meant, as `total` takes it."""
    return _ARCHIVED[selection.archived]


async def count(reading: ReadSession, kind: Collection, rows: Matching) -> int:
    """How many rows there are, counted."""
    return int((await _all(reading, kind, "SELECT count(*) AS count", rows))[0]["count"])


async def groups(reading: ReadSession, kind: Collection, rows: Matching, columns: Sequence[str]) -> list[Group]:
    """How many rows there are of each combination of these columns' values."""
    names = ", ".join(f"{kind.alias}.{each}" for each in columns)
    found = await _all(reading, kind, f"SELECT {names}, count(*) AS count", rows, f"GROUP BY {names}")
    return [Group({each: row[each] for each in columns}, row["count"]) for row in found]


async def kept_groups(
    reading: ReadSession, kind: Collection, archived: Archived, columns: Sequence[str]
) -> list[Group] | None:
    """The same of all rows, as they are kept (`kind.groups`); None where they are not kept, or not yet."""
    if not kind.groups or reading.scope.owner is not None:
        return None
    rows = await reading.all(kind.groups, archived=_ARCHIVED[archived])
    if not rows or not all(row["ready"] for row in rows):
        return None
    return [Group({each: row[each] for each in columns}, row["count"]) for row in rows if row["count"]]


async def some_groups(reading: ReadSession, kind: Collection, rows: Matching, columns: Sequence[str]) -> list[Group]:
    """How many of each combination are among the first rows that come, `MAX_COUNTED` + 1 of them."""
    names = ", ".join(f"{kind.alias}.{each}" for each in columns)
    query = _SOME.format(
        grouped=f"{names}, " if columns else "",
        columns=names or "1",
        source=kind.source,
        alias=kind.alias,
        where=rows[0],
        most=MAX_COUNTED + 1,
        end=f"GROUP BY {names}" if columns else "",
    )
    found = await (await reading.plan(query, **rows[1])).all()
    return [Group({each: row[each] for each in columns}, row["count"]) for row in found]


def counts_by_state(found: Sequence[Group], names: Sequence[str], states: Mapping[str, str]) -> dict[str, Counter[str]]:
    """How many rows each value of a state has, given the other states that are asked for, the most first; `all` of them."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for group in found:
        wrong = [name for name, value in states.items() if group.values[name] != value]
        for name in names:
            if wrong in ([], [name]):
                counts[name][group.values[name]] += group.count
                counts[name]["all"] += group.count
    return {name: Counter(dict(each.most_common())) for name, each in counts.items()}


async def ids(reading: ReadSession, kind: Collection, rows: Matching, most: int) -> list[UUID]:
    """The ids of the rows, the oldest first."""
    end = f"ORDER BY {kind.alias}.id LIMIT {most}"
    return [row["id"] for row in await _all(reading, kind, f"SELECT {kind.alias}.id", rows, end)]


async def has_more(reading: ReadSession, kind: Collection, rows: Matching, than: int) -> bool:
    """Whether there are more rows than that; no more are looked at."""
    row = await _all(reading, kind, "SELECT 1", rows, f"LIMIT 1 OFFSET {than}")
    return bool(row)


async def can_see(reading: ReadSession, kind: Collection, ids: Iterable[UUID]) -> bool:
    """Whether the reader may see one of these."""
    row = await reading.one(
        f"SELECT EXISTS (SELECT FROM {kind.source} WHERE {kind.visible} AND {kind.alias}.id = ANY(%(ids)s)) AS yes",
        ids=list(ids),
    )
    return bool(row["yes"])


async def version_of(reading: ReadSession, kind: Collection, id: UUID) -> int | None:
    """The version of a thing that the reader may see."""
    row = await reading.first(
        f"SELECT {kind.alias}.version FROM {kind.source} WHERE {kind.visible} AND {kind.alias}.id = %(id)s", id=id
    )
    return row["version"] if row else None


async def distinct(reading: ReadSession, kind: Collection, rows: Matching, value: str) -> list[str]:
    """The values that the rows have, each once; `value` is SQL."""
    return [row["value"] for row in await _all(reading, kind, f"SELECT DISTINCT {value} AS value", rows)]


async def _all(
    reading: ReadSession, kind: Collection, select: str, rows: Matching, end: str = ""
) -> list[dict[str, Any]]:
    return await (await reading.plan(f"{_query(kind, select, rows[0])} {end}", **rows[1])).all()


def _query(kind: Collection, select: str, where: str) -> str:
    return f"{select} {_FROM.format(source=kind.source, alias=kind.alias, where=where)}"
