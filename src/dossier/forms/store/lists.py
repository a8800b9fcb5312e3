"""Lists of forms: which are meant, and how many have which value."""

from collections.abc import Sequence
from uuid import UUID

from dossier.forms.model import USER_MEMBERS, Form
from dossier.forms.model.filter import Leaf
from dossier.forms.store.collection import ANSWERED, COLLECTION, ROWS
from dossier.foundation import json
from dossier.foundation.database import ReadSession
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Matching, Selection
from dossier.listing.counting import count, matching

MOST_GROUPS = 1000
_SCALARS = {
    "status": "f.status",
    "flow.slug": "f.slug",
    "workspace.slug": "(SELECT w.slug FROM workspaces w WHERE w.id = f.workspace_id)",
    "owner.email": "(SELECT m.email FROM members m WHERE m.id = f.owner_id)",
    **{f"user.{name}": f"f.{name}" for name in USER_MEMBERS},
    "user.anonymous": "f.anonymous::text",
}
GROUPS = frozenset(_SCALARS)
"""What forms can be grouped by, beside `data.<key>`."""


async def meant(reading: ReadSession, selection: Selection, leaves: Sequence[Leaf]) -> Matching:
    """The forms of a selection whose `external_args` are so."""
    text, values = await matching(reading, COLLECTION, selection)
    for place, leaf in enumerate(leaves):
        text += f" AND f.external_args #> %(leaf{place})s::text[] = ANY(%(equal{place})s::jsonb[])"
        values[f"leaf{place}"] = list(leaf.path)
        values[f"equal{place}"] = [json.encode(each).decode() for each in leaf.values]
    return text, values


async def page(reading: ReadSession, selection: Selection, rows: Matching, page: Page) -> tuple[int, list[Form]]:
    """A page of forms, with one more when more follow, and the exact number of all."""
    return await keyset.page(reading, COLLECTION, ROWS, selection, page, rows)


async def total(reading: ReadSession, rows: Matching) -> int:
    """How many forms there are."""
    return await count(reading, COLLECTION, rows)


async def groups(reading: ReadSession, rows: Matching, by: str) -> list[tuple[str | None, int]]:
    """How many forms have which value: text as it is, numbers and booleans as JSON writes them; one more than may be where there are more."""
    where, values = rows
    if by in _SCALARS:
        source, value = "", f"{_SCALARS[by]}"
    else:
        values = {**values, "grouped": by.removeprefix("data.")}
        source = f"""
        CROSS JOIN LATERAL (SELECT {ANSWERED} -> %(grouped)s AS it) AS found
        CROSS JOIN LATERAL (
          SELECT DISTINCT each FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(found.it) = 'array' AND found.it <> '[]' THEN found.it ELSE jsonb_build_array(found.it) END
          ) AS each) AS one
        """
        value = "one.each #>> '{}'"
    rows_of = await reading.plan(
        f"""
        SELECT value, count(*) AS count FROM (
          SELECT {value} AS value FROM {COLLECTION.source} {source}
          WHERE f.workspace_id = ANY(%(scope)s) AND {where}) AS grouped
        GROUP BY value ORDER BY count(*) DESC, value LIMIT {MOST_GROUPS + 1}
        """,
        **values,
    )
    return [(row["value"], row["count"]) for row in await rows_of.all()]


async def has_objects(reading: ReadSession, rows: Matching, key: str) -> bool:
    """Whether a form has an object under a key of its answers, or a list of objects."""
    where, values = rows
    found = await reading.plan(
        f"""
        SELECT EXISTS (SELECT FROM {COLLECTION.source} CROSS JOIN LATERAL (SELECT {ANSWERED} -> %(grouped)s AS it) AS found
          WHERE f.workspace_id = ANY(%(scope)s) AND {where}
            AND jsonb_path_exists(found.it, '$[*] ? (@.type() == "object" || @.type() == "array")')) AS yes
        """,
        grouped=key,
        **values,
    )
    return bool((await found.one())["yes"])


async def templates(reading: ReadSession, rows: Matching) -> list[tuple[UUID, UUID, int]]:
    """Workspace, id and version of the templates of forms."""
    where, values = rows
    found = await reading.plan(
        f"""
        SELECT DISTINCT f.workspace_id, f.template_id, f.template_version FROM {COLLECTION.source}
        WHERE f.workspace_id = ANY(%(scope)s) AND {where} LIMIT 500
        """,
        **values,
    )
    return [(row["workspace_id"], row["template_id"], row["template_version"]) for row in await found.all()]
