"""What the cases that are exported consist of: which versions of templates, which fields of their own, which other keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.foundation.database import ReadSession
from dossier.listing.collection import Matching

_CONTENTS = """
SELECT (SELECT jsonb_agg(jsonb_build_array(template_id, template_version, workspace_id)) FROM
         (SELECT DISTINCT c.template_id, c.template_version, c.workspace_id FROM cases c
          WHERE c.workspace_id = ANY(%(scope)s) AND c.template_id IS NOT NULL AND {where}) AS version) AS versions,
       (SELECT jsonb_agg(DISTINCT jsonb_build_array(own ->> 'key', own ->> 'name'))
        FROM cases c, jsonb_array_elements(c.own_fields) AS own
        WHERE c.workspace_id = ANY(%(scope)s) AND c.own_fields <> '[]' AND {where}) AS own
"""
_OTHER_KEYS = """
SELECT DISTINCT key FROM cases c, jsonb_object_keys(c.data - %(known)s::text[]) AS key
WHERE c.workspace_id = ANY(%(scope)s) AND {where} ORDER BY key
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """`versions`: (workspace, template, version), the newest of a template first; `own`: key and name of own fields."""

    versions: list[tuple[UUID, UUID, int]]
    own: list[tuple[str, str]]


async def contents(reading: ReadSession, cases: Matching) -> Contents:
    """What the columns of an export of these cases are made from, but for `other_keys`: in one statement."""
    row = await (await reading.plan(_CONTENTS.format(where=cases[0]), **cases[1])).one()
    versions: list[Any] = sorted(row["versions"] or (), key=lambda each: (each[0], -each[1]))
    return Contents(
        [(UUID(workspace), UUID(template), version) for template, version, workspace in versions],
        [(key, name) for key, name in row["own"] or ()],
    )


async def other_keys(reading: ReadSession, cases: Matching, known: Iterable[str]) -> list[str]:
    """The keys of values that one of the cases has, but for those that are known: with a million cases that matters."""
    values = {**cases[1], "known": list(known)}
    found = await (await reading.plan(_OTHER_KEYS.format(where=cases[0]), **values)).all()
    return [row["key"] for row in found]
