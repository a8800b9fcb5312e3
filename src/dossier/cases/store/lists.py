"""Lists of cases: one page by index, and how many there are in all."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Literal

from dossier import case_templates as templates
from dossier.cases.model.case import slot_place
from dossier.cases.store.collection import COLUMNS
from dossier.conditions import Condition
from dossier.foundation.database import Reading, Row
from dossier.foundation.lists import Page
from dossier.listing.sql import to_sql

Archived = Literal["true", "false", "any"]

LIVE: dict[Archived, str] = {"true": "c.archived_at IS NOT NULL", "false": "c.archived_at IS NULL", "any": "true"}

BY_UPDATE = "case_updates u JOIN cases c ON c.workspace_id = u.workspace_id AND c.id = u.id"
"""The cases (c) with when they were changed (u), which alone has an index for that order."""

# Each workspace gives its own first rows by index; together they are sorted again. The planner must know how many
# rows are wanted, so these numbers stand in the text.
_PAGE = """
WITH page AS (
  SELECT first_rows.workspace_id, first_rows.id, first_rows.at
  FROM unnest(%(scope)s::uuid[]) AS covered (workspace_id)
  CROSS JOIN LATERAL (
    SELECT c.workspace_id, c.id, {by}.{sort} AS at FROM {cases}
    WHERE {by}.workspace_id = covered.workspace_id AND {where} AND {behind}
    ORDER BY {by}.{sort} {order}, {by}.id {order} LIMIT {last}
  ) AS first_rows
  ORDER BY at {order}, id {order} LIMIT {size} OFFSET {offset}
)
SELECT c.id, c.title, c.parent_status, c.created_at, c.updated_at, c.description, c.locale, c.reference, c.status,
       c.waiting_for, c.archived_at, c.workspace_id, c.template_id, c.template_version,
       CASE WHEN m.id IS NOT NULL THEN
         jsonb_build_object('id', m.id, 'email', m.email, 'given_name', m.given_name, 'family_name', m.family_name)
       END AS owner,
       (SELECT jsonb_agg(jsonb_build_object('slot', s.slot, 'label', s.label, 'id', p.id, 'email', p.email,
                                            'given_name', p.given_name, 'family_name', p.family_name,
                                            'phone', p.phone) ORDER BY s.slot)
        FROM case_contacts s JOIN contacts p ON p.workspace_id = s.workspace_id AND p.id = s.contact_id
        WHERE s.workspace_id = c.workspace_id AND s.case_id = c.id) AS contacts
FROM page JOIN cases c ON c.workspace_id = page.workspace_id AND c.id = page.id
LEFT JOIN members m ON m.id = c.owner_id
ORDER BY page.at {order}, page.id {order}
"""
_COUNT = "SELECT count(*) AS count FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND {where}"
_COUNTED = """
SELECT (coalesce((SELECT sum(count) FROM case_counts
                  WHERE workspace_id = ANY(%(scope)s) AND archived = ANY(%(archived)s)), 0)
      + coalesce((SELECT sum(delta) FROM case_count_deltas
                  WHERE workspace_id = ANY(%(scope)s) AND archived = ANY(%(archived)s)), 0))::bigint AS count
"""
_READY = """
SELECT field FROM indexed_fields WHERE workspace_id = ANY(%(scope)s)
GROUP BY field HAVING bool_and(ready) AND count(*) = cardinality(%(scope)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases: archived or live ones, for which a condition (None: no more) holds."""

    archived: Archived = "false"
    condition: Condition | None = None


async def page(reading: Reading, selection: Selection, page: Page) -> tuple[int, list[Row]]:
    """A page of rows, with one more when more follow, and the exact number of all."""
    text, values = await where(reading, selection)
    by = "u" if page.sort == "updated_at" else "c"
    behind, more = page.behind(by)
    query = _PAGE.format(
        cases=BY_UPDATE if by == "u" else "cases c",
        by=by,
        where=text,
        sort=page.sort,
        order="DESC" if page.descending else "ASC",
        size=page.size + 1,
        offset=page.offset,
        last=page.size + page.offset + 1,
        behind=behind,
    )
    ask = reading.send if selection.condition is None and not page.after else reading.plan
    rows = await ask(query, **values, **more)
    total = await _total(reading, selection, text, values)
    return total, [await _in_order(reading, row) if len(row["contacts"] or ()) > 1 else row for row in await rows.all()]


async def _in_order(reading: Reading, row: Row) -> Row:
    """The row with its contacts in the order of the template's slots."""
    template = row["template_id"] and await templates.version(
        reading, row["workspace_id"], row["template_id"], row["template_version"]
    )
    order = list(template.slot_by_key) if template else ["main"]
    return row | {"contacts": sorted(row["contacts"], key=lambda each: slot_place(order, each["slot"]))}


async def count(reading: Reading, selection: Selection) -> int:
    """How many there are, exactly."""
    return await _total(reading, selection, *await where(reading, selection))


async def _total(reading: Reading, selection: Selection, where: str, values: dict[str, Any]) -> int:
    if selection.condition is None and reading.scope.owner is None:
        archived = {"true": [True], "false": [False], "any": [True, False]}[selection.archived]
        row = await reading.one(_COUNTED, archived=archived)
    else:
        row = await (await reading.plan(_COUNT.format(where=where), **values)).one()
    number: int = row["count"]
    return number


async def where(reading: Reading, selection: Selection, ready: Set[str] | None = None) -> tuple[str, dict[str, Any]]:
    """SQL that holds for the cases of a selection, and its values; `ready` where it was asked for already."""
    live = LIVE[selection.archived]
    if reading.scope.owner:
        live += " AND c.owner_id = %(only_owner)s"
    if selection.condition is None:
        return live, {}
    if ready is None:
        ready = await ready_fields(reading, selection.condition)
    condition, values = to_sql(selection.condition, COLUMNS, ready=ready)
    return f"{live} AND {condition}", values


async def ready_fields(reading: Reading, condition: Condition | None) -> Set[str]:
    """The fields that the side table answers for, if the condition looks at any field."""
    if condition is None or not any(name.startswith("data.") for name in condition.names()):
        return frozenset()
    return {row["field"] for row in await reading.all(_READY)}
