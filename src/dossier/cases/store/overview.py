"""The list of cases as people look at it: a stretch of rows from where they are, and how many there are in each state."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.cases.store.lists import BY_UPDATE, Selection, where
from dossier.cases.store.search import Search
from dossier.foundation.database import Reading, Row

Sort = Literal["updated_at", "created_at", "title", "reference", "status", "waiting_for"]
SORTS: tuple[Sort, ...] = get_args(Sort)

# Who looks at pages is in one workspace; said so, an index gives its rows in their order, and the first ones are enough.
_ROWS = """
WITH stretch AS (
  SELECT c.workspace_id, c.id, {key} AS sort_key FROM {cases}
  WHERE {by}.workspace_id = (%(scope)s::uuid[])[1] AND {where} {position}
  ORDER BY {key} {order}, {by}.id {order} LIMIT {size}
)
SELECT c.id, c.title, c.parent_status, c.status, c.waiting_for, c.reference, c.archived_at, c.created_at, c.updated_at,
       c.template_id, c.locale{data}, s.sort_key::text,
       m.email AS owner_email, coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email) AS owner,
       p.given_name, p.family_name, p.email, p.phone,
       coalesce(nullif(concat_ws(' ', p.given_name, p.family_name), ''), p.email, p.phone) AS contact
FROM stretch s JOIN cases c ON c.workspace_id = s.workspace_id AND c.id = s.id
LEFT JOIN members m ON m.id = c.owner_id
LEFT JOIN LATERAL (
  SELECT p.* FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
  WHERE l.workspace_id = c.workspace_id AND l.case_id = c.id ORDER BY l.slot <> 'main', l.slot LIMIT 1) AS p ON true
ORDER BY s.sort_key {order}, s.id {order}
"""
_GROUPS = """
SELECT c.parent_status, c.status, c.waiting_for, count(*) AS count FROM cases c
WHERE c.workspace_id = ANY(%(scope)s) AND {where} GROUP BY c.parent_status, c.status, c.waiting_for
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of rows begins: after a row (by its sort key and id), or, backwards, before it."""

    key: str
    id: str
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows are sorted; while somebody searches, by time only among those that answer as well (`rank`)."""

    sort: Sort = "updated_at"
    descending: bool = True
    rank: Search | None = None

    @property
    def by(self) -> str:
        """The alias of the row that has what is sorted by: a case (c), or when it was changed (u)."""
        return "u" if self.sort == "updated_at" and not self.rank else "c"


Matching = tuple[str, dict[str, Any]]
"""SQL that holds for the cases that are looked for, and its values."""


async def matching(
    reading: Reading, selection: Selection, asked: Search | None, ready: Set[str] | None = None
) -> Matching:
    """The cases of a selection that are looked for; `ready` as of `lists.ready_fields`."""
    text, values = await where(reading, selection, ready)
    if asked:
        found, more = asked.sql()
        return f"{text} AND {found}", values | more
    return text, values


async def stretch(
    reading: Reading, cases: Matching, order: Order, place: Place | None, size: int, *, data: bool = False
) -> tuple[list[Row], bool]:
    """At most `size` rows in their order (with their `data` and own fields if asked), and whether more follow in that direction."""
    assert len(reading.scope.workspaces) == 1
    text, values = cases[0], dict(cases[1])
    backwards = bool(place and place.backwards)
    query = _ROWS.format(
        cases=BY_UPDATE if order.by == "u" else "cases c",
        by=order.by,
        where=text,
        data=", c.data, c.own_fields, c.template_version" if data else "",
        key=_key(order, values),
        position=_position(order, place, values),
        order="DESC" if order.descending != backwards else "ASC",
        size=size + 1,
    )
    rows = await (await reading.plan(query, **values)).all()
    more = len(rows) > size
    rows = rows[:size]
    return rows[::-1] if backwards else rows, more


async def groups(reading: Reading, cases: Matching) -> list[Row]:
    """How many cases there are of each parent status, status and waiting-for."""
    text, values = cases
    return await (await reading.plan(_GROUPS.format(where=text), **values)).all()


async def ids(reading: Reading, cases: Matching, most: int) -> list[UUID]:
    """Their ids, the oldest first."""
    text, values = cases
    query = f"SELECT c.id FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND {text} ORDER BY c.id LIMIT {most}"
    return [row["id"] for row in await (await reading.plan(query, **values)).all()]


async def template_ids(reading: Reading, cases: Matching) -> list[str]:
    """The templates that they follow; “” for none."""
    text, values = cases
    query = f"SELECT DISTINCT coalesce(c.template_id::text, '') AS id FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND {text}"
    return [row["id"] for row in await (await reading.plan(query, **values)).all()]


def _key(order: Order, values: dict[str, Any]) -> str:
    if order.rank:
        rank, more = order.rank.rank()
        values |= more
        return f"({rank} * 1e13 + extract(epoch FROM c.{order.sort}) * 1000)"
    return "coalesce(c.reference, '')" if order.sort == "reference" else f"{order.by}.{order.sort}"


def _position(order: Order, place: Place | None, values: dict[str, Any]) -> str:
    if place is None:
        return ""
    values |= {"place_key": place.key, "place_id": place.id}
    sign = "<" if order.descending != place.backwards else ">"
    if order.rank:
        return f"AND ({_key(order, values)}, c.id) {sign} (%(place_key)s::numeric, %(place_id)s::uuid)"
    cast = "::timestamptz" if order.sort in ("updated_at", "created_at") else '::text COLLATE "C"'
    return f"AND ({_key(order, values)}, {order.by}.id) {sign} (%(place_key)s{cast}, %(place_id)s::uuid)"
