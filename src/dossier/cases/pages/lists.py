"""The list of cases: searched, filtered, counted and sorted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import BUILT_IN_STATUSES, PARENT_STATUSES
from dossier.cases.model import WAITING_FOR
from dossier.cases.pages import filters, views
from dossier.cases.pages.looking import look
from dossier.cases.pages.views import LIST
from dossier.cases.store import overview
from dossier.cases.store import views as views_store
from dossier.conditions.rows import operator_of
from dossier.foundation.database import Row
from dossier.foundation.pages import PageRoute, database_of, render, see_other, visitor_of

PAGE_SIZE = 25


async def case_list(request: Request) -> Response:
    visitor = visitor_of(request)
    if not request.query_params and (first := await _first_view(request)):
        return see_other(first)
    async with database_of(request).reading(visitor.actor.scope, "costly") as reading:
        looked = await look(reading, visitor, request.query_params, database_of(request).clock())
        saved = await views_store.of_member(reading, visitor.workspace_id, visitor.actor.id or UUID(int=0))
        groups = await overview.groups(reading, looked.counted)
        asked = looked.asked
        rows, more = await overview.stretch(reading, looked.matching, asked.order, asked.place, PAGE_SIZE)
    return render(
        request,
        "cases/list.html",
        status=looked.wrong.status if looked.wrong else 200,
        rows=rows,
        asked=asked,
        wrong=looked.wrong,
        counts=_counts(groups, asked.states),
        previous=_previous(asked, rows, more=more),
        next=_next(asked, rows, more=more),
        choices=looked.choices,
        operator_of=operator_of,
        labels=status_labels(looked.templates),
        offered=list(_offered(looked.templates)),
        templates=looked.templates,
        colleagues=looked.colleagues,
        views=saved,
        view_address=views.address,
        chosen=views.chosen(saved, asked),
        parent_statuses=PARENT_STATUSES,
        waiting_for=WAITING_FOR,
    )


PAGES = (PageRoute("GET", LIST, case_list),)


async def _first_view(request: Request) -> str:
    """Where the view is that this member sees first, if there is one."""
    visitor = visitor_of(request)
    async with database_of(request).reading(visitor.actor.scope) as reading:
        first = await views_store.first(reading, visitor.workspace_id, visitor.actor.id or UUID(int=0))
    return views.address(first["id"], first["parameters"]) if first else ""


def _counts(groups: list[Row], states: Any) -> dict[str, Counter[str]]:
    """How many cases each value of a state has, given the other states that are asked for; `all` in all."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("all", "parent_status", "status", "waiting_for")}
    for group in groups:
        wrong = [name for name, value in states.items() if group[name] != value]
        if not wrong:
            counts["all"]["all"] += group["count"]
        for name in ("parent_status", "status", "waiting_for"):
            if wrong in ([], [name]):
                counts[name][group[name]] += group["count"]
                counts[name]["all"] += group["count"]
    return counts


def _next(asked: filters.Asked, rows: list[Row], *, more: bool) -> str:
    """The address of the stretch after this one, empty at the end."""
    there_is = more or (asked.place and asked.place.backwards)
    return asked.address(after=_place(rows[-1])) if rows and there_is else ""


def _previous(asked: filters.Asked, rows: list[Row], *, more: bool) -> str:
    if rows and asked.place and (more or not asked.place.backwards):
        return asked.address(before=_place(rows[0]))
    return ""


def _place(row: Row) -> str:
    return f"{row['sort_key']}~{row['id']}"


def _offered(recipes: Sequence[Row]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Template, its title, and the statuses that only it has: key and name. The first one is of every case."""
    built_in = {each.key: each.label for each in BUILT_IN_STATUSES}
    yield "", "", list(built_in.items())
    for each in recipes:
        own = [(status["key"], str(status["label"])) for status in each["statuses"] if status["key"] not in built_in]
        if own:
            yield str(each["id"]), each["title"], own


def status_labels(recipes: Sequence[Row]) -> dict[str, str]:
    """Status → how it is called; of templates that call it differently, one of the names."""
    own = {each["key"]: str(each["label"]) for recipe in recipes for each in recipe["statuses"]}
    return {each.key: each.label for each in BUILT_IN_STATUSES} | own
