"""What the cases that are exported consist of: which versions of templates, which fields of their own, which keys."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.foundation.database import ReadSession
from dossier.listing.collection import Matching

_CONTENTS = """
SELECT (SELECT jsonb_agg(DISTINCT jsonb_build_array(c.template_id, c.template_version, c.workspace_id))
        FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND c.template_id IS NOT NULL AND {where}) AS versions,
       (SELECT jsonb_agg(DISTINCT jsonb_build_array(own ->> 'key', own ->> 'name'))
        FROM cases c, jsonb_array_elements(c.own_fields) AS own
        WHERE c.workspace_id = ANY(%(scope)s) AND {where}) AS own,
       (SELECT array_agg(DISTINCT key ORDER BY key) FROM cases c, jsonb_object_keys(c.data) AS key
        WHERE c.workspace_id = ANY(%(scope)s) AND {where}) AS keys
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """`versions`: (workspace, template, version), the newest of a template first; `own`: key and name of own fields."""

    versions: list[tuple[UUID, UUID, int]]
    own: list[tuple[str, str]]
    keys: list[str]  # of every value that one of the cases has


async def contents(reading: ReadSession, cases: Matching) -> Contents:
    """What the columns of an export of these cases are made from, in one statement."""
    row = await (await reading.plan(_CONTENTS.format(where=cases[0]), **cases[1])).one()
    versions: list[Any] = sorted(row["versions"] or (), key=lambda each: (each[0], -each[1]))
    return Contents(
        [(UUID(workspace), UUID(template), version) for template, version, workspace in versions],
        [(key, name) for key, name in row["own"] or ()],
        row["keys"] or [],
    )
