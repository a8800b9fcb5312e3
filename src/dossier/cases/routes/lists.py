"""Lists of cases: filtered, counted, a page at a time."""

from collections.abc import Iterator
from typing import get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import wire
from dossier.cases.model import WAITING_FOR
from dossier.cases.store import lists
from dossier.cases.store.lists import Selection
from dossier.case_templates.model import PARENT_STATUSES
from dossier.conditions import CASES, Condition, all_of, equals, named_workspaces, of_contact, parse_filter
from dossier.foundation.actor import Scope
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.http import openapi, query
from dossier.foundation.http.answers import Answer
from dossier.foundation.http.reads import read
from dossier.foundation.identifiers import parse_id
from dossier.members.model import email_problems
from dossier.tokens.model import Caller

router = APIRouter()

_TEXT = {"type": "string"}
_UUID = {"type": "string", "format": "uuid"}
_EMAIL = {"type": "string", "format": "email"}

_ATTRIBUTES = {
    "template[id]": ("template.id", _UUID),
    "status": ("status", _TEXT),
    "parent_status": ("parent_status", {"type": "string", "enum": list(PARENT_STATUSES)}),
    "waiting_for": ("waiting_for", {"type": "string", "enum": list(WAITING_FOR)}),
    "reference": ("reference", _TEXT),
    "owner[id]": ("owner.id", _UUID),
    "owner[email]": ("owner.email", _EMAIL),
    "workspace[id]": ("workspace.id", _UUID),
    "workspace[slug]": ("workspace.slug", _TEXT),
}
_CONTACT = {
    "contact[given_name]": ("given_name", _TEXT),
    "contact[family_name]": ("family_name", _TEXT),
    "contact[email]": ("email", _EMAIL),
}
_DIRECT = {**_ATTRIBUTES, **_CONTACT}
_FILTERS = (
    *(openapi.query(name, schema, "compared exactly") for name, (_, schema) in _DIRECT.items()),
    openapi.ARCHIVED,
    openapi.FILTER,
)
_FILTER_NAMES = (*_DIRECT, "archived", "filter")


@router.get(
    "/cases",
    **openapi.documented(
        "listCases",
        "A page of cases",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.SORT, *_FILTERS),
        gives=wire.CasePage,
    ),
)
async def list_cases(request: Request) -> Response:
    sent = query.parameters(request, (*query.PAGING, *_FILTER_NAMES))
    page, selection = query.page(sent), _selection(request, sent)
    async with read(request) as reading:
        total, rows = await lists.page(reading, selection, page)
    return Answer(page.envelope(total, [wire.row(each) for each in rows])).response()


@router.get(
    "/cases/count",
    **openapi.documented(
        "countCases",
        "How many cases there are",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.SORT, *_FILTERS),
        gives=openapi.Count,
    ),
)
async def count_cases(request: Request) -> Response:
    sent = query.parameters(request, (*query.PAGING, *_FILTER_NAMES))
    query.page(sent)
    selection = _selection(request, sent)
    async with read(request) as reading:
        return Answer({"count": await lists.count(reading, selection)}).response()


def _selection(request: Request, sent: dict[str, str]) -> Selection:
    caller: Caller = request.state.caller
    raw = query.json_parameter(sent, "filter")
    if raw is None and "filter" not in sent:
        archived = lists.archived_choice(query.choice(sent, "archived", get_args(lists.Archived), "false"))
        condition = _direct(sent)
    else:
        archived, condition = "any", parse_filter(raw, CASES)
    if condition is not None:
        ids, slugs = named_workspaces(condition)
        for id in ids:
            caller.refuse_uncovered(id=id)
        for slug in slugs:
            caller.refuse_uncovered(slug=slug)
    return Selection(archived, condition)
