"""From what an address asks for to the cases that are meant, and what it takes to show them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.datastructures import QueryParams

from dossier import case_templates as templates
from dossier import members
from dossier.cases.pages import filters
from dossier.cases.pages.filters import Asked
from dossier.cases.store import overview, search
from dossier.cases.store.lists import ready_fields
from dossier.cases.store.overview import Matching
from dossier.conditions.rows import Choice
from dossier.foundation.database import Reading, Row
from dossier.foundation.errors import Refusal
from dossier.foundation.visitor import Visitor
from dossier.workspaces.model import today


@dataclass(frozen=True, slots=True)
class Looked:
    """The list that was asked for: its cases, those whose states are counted, and what can be asked about."""

    asked: Asked
    matching: Matching
    counted: Matching
    templates: Sequence[Row]
    colleagues: Sequence[Row]
    choices: Sequence[Choice]
    wrong: Refusal | None  # what is wrong with the rows of conditions, which then count for nothing


async def look(reading: Reading, visitor: Visitor, parameters: QueryParams, now: datetime) -> Looked:
    """At most four statements: templates, colleagues, the words, the fields that are indexed."""
    asked = filters.asked(parameters)
    recipes = await templates.choices(reading)
    colleagues = await members.colleagues(reading, visitor.workspace_id)
    choices = filters.list_choices(recipes, colleagues)
    meant = filters.meant(asked.rows, choices, visitor.email, today(now, visitor.time_zone))
    narrow, wide, wrong = filters.selections(replace(asked, rows=meant), choices)
    words = await search.search(reading, asked.words) if asked.words else None
    asked = filters.ranked(asked, words)
    ready = await ready_fields(reading, wide.condition)
    return Looked(
        asked=asked,
        matching=await overview.matching(reading, narrow, words, ready),
        counted=await overview.matching(reading, wide, words, ready),
        templates=recipes,
        colleagues=colleagues,
        choices=choices,
        wrong=wrong,
    )


async def look_strictly(reading: Reading, visitor: Visitor, parameters: QueryParams, now: datetime) -> Looked:
    """The same for what is done with the cases: 400 where something is wrong with the rows."""
    looked = await look(reading, visitor, parameters, now)
    if looked.wrong:
        raise looked.wrong
    return looked
