"""Lists of cases: filtered, counted, a page at a time."""

from collections.abc import Iterator
from typing import Any, get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import CASES, PARENT_STATUSES
from dossier.cases import wire
from dossier.cases.model import WAITING_FOR
from dossier.cases.store import lists
from dossier.cases.store.lists import Archived, Selection
from dossier.conditions import Condition, all_of, attribute, equals, of_one, parse_filter
from dossier.foundation.database import Lane
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.http import openapi, query
from dossier.foundation.http.answers import Answer
from dossier.foundation.http.reads import read
from dossier.foundation.identifiers import parse_id
from dossier.foundation.lists import Page
from dossier.listing.filtering import named_workspaces
from dossier.members.model import email_problems
from dossier.tokens.model import Caller

router = APIRouter()

ARCHIVED: tuple[Archived, ...] = get_args(Archived)

FIRST = Page()
FAR = 1000  # rows before a page

_TEXT: dict[str, Any] = {"type": "string"}
_UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
_EMAIL: dict[str, Any] = {"type": "string", "format": "email"}

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
    "contact[given_name]": ("contact.given_name", _TEXT),
    "contact[family_name]": ("contact.family_name", _TEXT),
    "contact[email]": ("contact.email", _EMAIL),
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
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.PAGE_AFTER, openapi.SORT, *_FILTERS),
        gives=wire.CasePage,
    ),
)
async def list_cases(request: Request) -> Response:
    sent = query.parameters(request, (*query.PAGING, *_FILTER_NAMES))
    page, selection = query.page(sent), _selection(request, sent)
    async with read(request, _lane(selection, page)) as reading:
        total, rows = await lists.page(reading, selection, page)
    last = (rows[page.size - 1][page.sort], rows[page.size - 1]["id"]) if len(rows) > page.size else None
    content = page.envelope(total, [wire.row(each) for each in rows[: page.size]])
    return Answer(content, headers=query.next_link(request, last)).response()


@router.get(
    "/cases/count",
    **openapi.documented(
        "countCases",
        "How many cases there are",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.PAGE_AFTER, openapi.SORT, *_FILTERS),
        gives=openapi.Count,
    ),
)
async def count_cases(request: Request) -> Response:
    sent = query.parameters(request, (*query.PAGING, *_FILTER_NAMES))
    query.page(sent)
    selection = _selection(request, sent)
    async with read(request, _lane(selection)) as reading:
        return Answer({"count": await lists.count(reading, selection)}).response()


def _lane(selection: Selection, page: Page = FIRST) -> Lane:
    """A list without a condition goes by an index; with one, or far from its beginning, it may look at every case."""
    return "costly" if selection.condition is not None or page.offset > FAR else "plain"


def _selection(request: Request, sent: dict[str, str]) -> Selection:
    """What the parameters ask for; `filter`, where it is given, stands alone. 400, and 403 for a named workspace."""
    caller: Caller = request.state.caller
    archived: Archived = "any"
    if "filter" in sent:
        condition: Condition | None = parse_filter(query.json_parameter(sent, "filter"), CASES)
    else:
        archived = query.choice(sent, "archived", ARCHIVED, "false")
        condition = _direct(sent)
    if condition is not None:
        caller.refuse_uncovered(*named_workspaces(condition))
    return Selection(archived, condition)


def _direct(sent: dict[str, str]) -> Condition | None:
    Invalid.if_any(_problems(sent))
    parts = [equals(attribute(CASES, path), sent[name]) for name, (path, _) in _ATTRIBUTES.items() if name in sent]
    contact = [equals(attribute(CASES, path), sent[name]) for name, (path, _) in _CONTACT.items() if name in sent]
    if contact:
        parts.append(of_one("contact", all_of(contact)))
    return all_of(parts) if parts else None


def _problems(sent: dict[str, str]) -> Iterator[Problem]:
    for name, (_, schema) in _DIRECT.items():
        value = sent.get(name)
        if value is None:
            continue
        if schema is _UUID and parse_id(value) is None:
            yield Problem(f"“{name}” must be a uuid, not “{value[:60]}”.", "invalid_uuid", parameter=name)
        elif schema is _EMAIL:
            yield from (each.of_parameter(name) for each in email_problems(value, ""))
        elif "enum" in schema and value not in schema["enum"]:
            detail = f"“{name}” must be one of {', '.join(schema['enum'])}."
            yield Problem(detail, "invalid_parameter", parameter=name)
