"""The list of cases: searched, filtered, counted and sorted; saved views; a new case."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import case_templates as templates
from dossier.case_templates.model import BUILT_IN_STATUSES, PARENT_STATUSES
from dossier.cases import actions
from dossier.cases.actions.create import NewCase
from dossier.cases.model import WAITING_FOR
from dossier.cases.pages import filters
from dossier.cases.pages.looking import look
from dossier.cases.store import overview, views
from dossier.conditions.rows import operator_of
from dossier.foundation.database import Row, Transaction
from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, render, see_other, visitor_of

PAGE_SIZE = 25
LONGEST_NAME = 100  # of a view
LIST = "/workspace/cases"


async def case_list(request: Request) -> Response:
    visitor = visitor_of(request)
    async with database_of(request).reading(visitor.actor.scope) as reading:
        looked = await look(reading, visitor, request.query_params)
        saved = await views.of_member(reading, visitor.workspace_id, visitor.actor.id or UUID(int=0))
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
        labels=_labels(looked.templates),
        templates=looked.templates,
        colleagues=looked.colleagues,
        views=saved,
        parent_statuses=PARENT_STATUSES,
        waiting_for=WAITING_FOR,
    )


async def new_case(request: Request) -> Response:
    visitor, sent = visitor_of(request), form(request)
    title = sent.get("title", "").strip() or None

    async def work(transaction: Transaction) -> UUID:
        template = None
        if sent.get("template"):
            template = await templates.get(transaction, query.identifier(sent["template"], "template"))
        asked = NewCase(visitor.workspace_id, template, title=title, owner_email=visitor.email)
        return (await actions.create(transaction, asked)).case.id

    case_id = await database_of(request).write(visitor.actor, work)
    return see_other(f"{LIST}/{case_id}")


async def save_view(request: Request) -> Response:
    """Keep what the list shows under a name: for oneself, or for everybody."""
    visitor, sent = visitor_of(request), form(request)
    name = sent.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid.because(f"A view needs a name, of at most {LONGEST_NAME} characters.", pointer="/name")
    asked = filters.asked(query.parsed(sent.get("query", "")))
    shared = sent.get("shared") == "yes" and visitor.role != "limited"
    member = visitor.actor.id or UUID(int=0)

    async def work(transaction: Transaction) -> UUID:
        return await views.insert(
            transaction, visitor.workspace_id, name, asked.parameters, member_id=member, shared=shared
        )

    await database_of(request).write(visitor.actor, work)
    return see_other(LIST + asked.address())


async def delete_view(request: Request) -> Response:
    """Forget a view: one's own; administrators also shared ones."""
    visitor = visitor_of(request)
    id = query.identifier(request.path_params["id"], "id")
    owned_by = None if visitor.is_administrator else visitor.actor.id
    work = lambda tx: views.delete(tx, visitor.workspace_id, id, owned_by=owned_by)  # noqa: E731
    if not await database_of(request).write(visitor.actor, work):
        raise NotFound.because("There is no such view, or it is somebody else's.")
    return see_other(LIST)


PAGES = (
    PageRoute("GET", LIST, case_list),
    PageRoute("POST", LIST, new_case),
    PageRoute("POST", LIST + "/views", save_view),
    PageRoute("POST", LIST + "/views/{id}/delete", delete_view),
)


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


def _labels(recipes: Sequence[Row]) -> dict[str, str]:
    """Status → how it is called; of templates that call it differently, one of the names."""
    own = {each["key"]: str(each["label"]) for recipe in recipes for each in recipe["statuses"]}
    return {each.key: each.label for each in BUILT_IN_STATUSES} | own
