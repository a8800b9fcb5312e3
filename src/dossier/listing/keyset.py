"""Pages by key: those that programs turn, with a number or a cursor, and those that people leaf through, from a row on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from dossier.foundation.database import ReadSession, Row
from dossier.foundation.lists import Page
from dossier.listing.collection import Collection, Matching, Selection, Shape, Sort
from dossier.listing.counting import archives, has_more, is_kept, matching, total_of
from dossier.listing.lookup import STEPS, Found, Search

T = TypeVar("T")

# Each workspace gives its own first rows by index; together they are sorted again. The planner must know how many
# rows are wanted, so these numbers stand in the text.
_PAGE = """
WITH page AS (
  SELECT first_rows.workspace_id, first_rows.id, first_rows.{sort}
  FROM unnest(%(scope)s::uuid[]) AS covered (workspace_id)
  CROSS JOIN LATERAL (
    SELECT {alias}.workspace_id, {alias}.id, {key} AS {sort} FROM {begin}
    WHERE {by}.workspace_id = covered.workspace_id AND {where} AND {behind}
    ORDER BY {key} {order}, {by}.id {order} LIMIT {last}
  ) AS first_rows
  ORDER BY {sort} {order}, id {order} LIMIT {size} OFFSET {offset}
)
"""
# Where all have to be looked at to count them, the page is taken from them.
_COUNTED_PAGE = """
WITH found AS MATERIALIZED (
  SELECT {alias}.workspace_id, {alias}.id, {key} AS {sort} FROM {begin}
  WHERE {by}.workspace_id = ANY(%(scope)s) AND {where}
), page AS (
  SELECT * FROM found WHERE {behind} ORDER BY {sort} {order}, id {order} LIMIT {size} OFFSET {offset}
)
"""
_OF_PAGE = """
SELECT {columns}, ({total}) AS of_all
FROM {source} JOIN page ON page.workspace_id = {alias}.workspace_id AND page.id = {alias}.id {joined}
ORDER BY page.{sort} {order}, page.id {order}
"""
# Who looks at pages is in one workspace; said so, an index gives its rows in their order, and the first ones are enough.
_ROWS = """
WITH stretch AS (
  SELECT * FROM (
    SELECT {alias}.workspace_id, {alias}.id, {key} AS sort_key FROM {begin}
    WHERE {by}.workspace_id = (%(scope)s::uuid[])[1] AND {where} {position}
    ORDER BY {key} {order}, {by}.id {order} LIMIT {steps}
  ) AS {alias} WHERE {walked} ORDER BY sort_key {order}, id {order} LIMIT {size}
)
SELECT {columns}, stretch.sort_key::text AS place_key, stretch.id AS place_id
FROM {source} JOIN stretch ON stretch.workspace_id = {alias}.workspace_id AND stretch.id = {alias}.id {joined}
ORDER BY stretch.sort_key {order}, stretch.id {order}
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a stretch of rows begins: after a row (by its sort key and id), or, backwards, before it."""

    key: str
    id: str
    backwards: bool = False

    @property
    def text(self) -> str:
        """As an address has it."""
        return f"{self.key}~{self.id}"

    def of_rank(self, rank: int) -> "Cursor | None":
        """The place among the rows that answer so well, where it is among them: its key begins with the rank."""
        own, _, key = self.key.partition(" ")
        return replace(self, key=key) if int(own) == rank else None

    def reaches(self, rank: int) -> bool:
        """Whether rows that answer so well come at this place or after it."""
        own = int(self.key.partition(" ")[0])
        return rank >= own if self.backwards else rank <= own


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows are sorted; while somebody searches, by time only among those that answer as well to `rank` (`fetch_best`)."""

    sort: str
    descending: bool = True
    rank: Search | None = None


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """Rows in their order, where the first and the last of them stand, and whether more follow in the direction that was gone."""

    rows: list[T]
    ends: tuple[Cursor, Cursor] | None  # None where there is no row
    more: bool


async def page(
    reading: ReadSession,
    kind: Collection,
    shape: Shape[T],
    selection: Selection,
    page: Page,
    rows: Matching | None = None,
) -> tuple[int, list[T]]:
    """A page of rows, with one more when more follow, and the exact number of all; `rows` where they are not just the selection's.

    One statement, unless the page lies behind the last row.
    """
    meant = rows or await matching(reading, kind, selection)
    query, values = _page_of(kind, shape, page, meant, is_kept=is_kept(kind, selection, reading.scope))
    ask = reading.send if selection.condition is None and not page.after else reading.plan
    found = await (await ask(query, **values, archived=archives(selection))).all()
    if not found and (page.offset or page.after):
        return await total_of(reading, kind, selection, meant), []
    counted = [row.pop("of_all") for row in found] or [0]
    return counted[0], [shape.make(row) for row in found]


def _page_of(kind: Collection, shape: Shape[T], page: Page, rows: Matching, *, is_kept: bool) -> Matching:
    """The statement of a page, and its values; `is_kept`: how many there are need not be counted."""
    sort = kind.sort(page.sort)
    behind, values = page.behind(sort.by if is_kept else "found")
    query = ((_PAGE if is_kept else _COUNTED_PAGE) + _OF_PAGE).format(
        **_names(kind, shape, sort),
        sort=page.sort,
        where=rows[0],
        behind=behind,
        order="DESC" if page.descending else "ASC",
        size=page.size + 1,
        offset=page.offset,
        last=page.size + page.offset + 1,
        total=kind.total if is_kept else "SELECT count(*) FROM found",
    )
    return query, {**rows[1], **values}


def _names(kind: Collection, shape: Shape[Any], sort: Sort) -> dict[str, str]:
    """What a statement calls where things lie, what is read of them and how they are sorted."""
    return {
        "source": kind.source,
        "alias": kind.alias,
        "columns": shape.columns,
        "joined": shape.joined,
        "begin": sort.source,
        "by": sort.by,
        "key": sort.key,
    }


async def find(reading: ReadSession, kind: Collection, shape: Shape[T], id: UUID) -> T | None:
    """The row with that id, if the reader may see it."""
    row = await reading.first(
        f"SELECT {shape.columns} FROM {kind.source} {shape.joined} WHERE {kind.visible} AND {kind.alias}.id = %(id)s",
        id=id,
    )
    return shape.make(row) if row else None


async def find_all(reading: ReadSession, kind: Collection, shape: Shape[T], ids: Iterable[UUID]) -> list[T]:
    """The rows with these ids that the reader may see, in no order."""
    rows = await reading.all(
        f"SELECT {shape.columns} FROM {kind.source} {shape.joined} WHERE {kind.visible} AND {kind.alias}.id = ANY(%(ids)s)",
        ids=list(ids),
    )
    return [shape.make(row) for row in rows]


async def fetch_page(
    reading: ReadSession,
    kind: Collection,
    shape: Shape[T],
    rows: Matching,
    order: Order,
    at: Cursor | None,
    size: int,
    searched: Found | None = None,
) -> Stretch[T]:
    """At most `size` rows in their order, of those that were `searched` for."""
    backwards = bool(at and at.backwards)
    wanted = _Rows(reading, kind, shape, rows, order, backwards)
    found = await (wanted.found(searched, at, size + 1) if searched else wanted.first(at, size + 1))
    return _stretch(shape, found, size, backwards=backwards)


async def fetch_best(
    reading: ReadSession, kind: Collection, shape: Shape[T], rows: Matching, order: Order, at: Cursor | None, size: int
) -> Stretch[T]:
    """At most `size` of the rows that `order.rank` finds, the best first: one way to answer after the other, until there are enough."""
    assert order.rank
    backwards, found, ways = bool(at and at.backwards), list[Row](), order.rank.one_by_one()
    wanted = _Rows(reading, kind, shape, rows, order, backwards)
    for rank, way in reversed(ways) if backwards else ways:
        if at is None or at.reaches(rank):
            more = await wanted.found(way, at.of_rank(rank) if at else None, size + 1 - len(found))
            found += ({**row, "place_key": f"{rank} {row['place_key']}"} for row in more)
        if len(found) > size:
            break
    return _stretch(shape, found, size, backwards=backwards)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows in an order, or backwards, and how the first of them behind a place are asked for."""

    reading: ReadSession
    kind: Collection
    shape: Shape[Any]
    rows: Matching
    order: Order
    backwards: bool

    async def found(self, way: Found, at: Cursor | None, size: int) -> list[Row]:
        """The first that are found so. Where the list is walked along and they are too few, and it goes on, the words are joined."""
        if not way.instead:
            return await self._with(way.where, way.values).first(at, size)
        every = self._with("true", way.values)
        for steps in STEPS:
            walked = await every.first(at, size, way.where, steps)
            if len(walked) == size:
                return walked
            if len(walked) * STEPS[-1] < size * steps:
                break  # they are so rare that walking on would not fill the page
        if not await has_more(self.reading, self.kind, self.rows, STEPS[-1]):
            return await every.first(at, size, way.where, STEPS[-1])
        return await self._with(way.instead, way.values).first(at, size)

    async def first(self, at: Cursor | None, size: int, walked: str = "", steps: int = 0) -> list[Row]:
        """The first `size`; of those that come first in any case (`steps`) those for which `walked` holds, if it is given."""
        assert len(self.reading.scope.workspaces) == 1
        values, sort = dict(self.rows[1]), self.kind.sort(self.order.sort)
        downwards = self.order.descending != self.backwards
        query = _ROWS.format(
            **_names(self.kind, self.shape, sort),
            where=self.rows[0],
            position=_position(sort, at, values, downwards=downwards),
            order="DESC" if downwards else "ASC",
            walked=walked or "true",
            steps=steps or size,
            size=size,
        )
        return await (await self.reading.plan(query, **values)).all()

    def _with(self, where: str, values: Mapping[str, Any]) -> "_Rows":
        return replace(self, rows=(f"{self.rows[0]} AND {where}", {**self.rows[1], **values}))


def _position(sort: Sort, at: Cursor | None, values: dict[str, Any], *, downwards: bool) -> str:
    if at is None:
        return ""
    values |= {"place_key": at.key, "place_id": at.id}
    sign = "<" if downwards else ">"
    return f"AND ({sort.key}, {sort.by}.id) {sign} (%(place_key)s{sort.cast}, %(place_id)s::uuid)"


def _stretch(shape: Shape[T], found: list[Row], size: int, *, backwards: bool) -> Stretch[T]:
    rows = found[:size][::-1] if backwards else found[:size]
    ends = (_place(rows[0]), _place(rows[-1])) if rows else None
    for row in rows:
        del row["place_key"], row["place_id"]
    return Stretch([shape.make(row) for row in rows], ends, len(found) > size)


def _place(row: Row) -> Cursor:
    return Cursor(row["place_key"], str(row["place_id"]))
