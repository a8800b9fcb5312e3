"""Lists of cases: filtered, counted, a page at a time."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import CASES, PARENT_STATUSES
from dossier.cases import schemas
from dossier.cases.model import WAITING_FOR
from dossier.cases.store import lists
from dossier.cases.store.collection import COLLECTION
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.listing.collection import Selection
from dossier.listing.counting import total
from dossier.listing.filtering import EMAIL, UUID_TEXT, Direct, Filters, lane, page_answer
from dossier.members.model import email_problems
from dossier.tokens.model import Caller

router = APIRouter()

_FILTERS = Filters(
    CASES,
    {
        "template[id]": Direct("template.id", UUID_TEXT),
        "status": Direct("status"),
        "parent_status": Direct("parent_status", {"type": "string", "enum": list(PARENT_STATUSES)}),
        "waiting_for": Direct("waiting_for", {"type": "string", "enum": list(WAITING_FOR)}),
        "reference": Direct("reference"),
        "owner[id]": Direct("owner.id", UUID_TEXT),
        "owner[email]": Direct("owner.email", EMAIL, email_problems),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
        "contact[given_name]": Direct("contact.given_name"),
        "contact[family_name]": Direct("contact.family_name"),
        "contact[email]": Direct("contact.email", EMAIL, email_problems),
    },
)


@router.get(
    "/cases",
    **openapi.documented(
        "listCases",
        "A page of cases",
        parameters=_FILTERS.documented,
        gives=schemas.CasePage,
    ),
)
async def list_cases(request: Request) -> Response:
    sent = _FILTERS.sent(request)
    page, selection = query.page(sent), _selection(request, sent)
    async with read(request, lane(selection, page)) as reading:
        total, rows = await lists.page(reading, selection, page)
    return page_answer(request, page, total, rows, schemas.row)


@router.get(
    "/cases/count",
    **openapi.documented(
        "countCases",
        "How many cases there are",
        parameters=_FILTERS.documented,
        gives=openapi.Count,
    ),
)
async def count_cases(request: Request) -> Response:
    sent = _FILTERS.sent(request)
    query.page(sent)
    selection = _selection(request, sent)
    async with read(request, lane(selection)) as reading:
        return ApiResponse({"count": await total(reading, COLLECTION, selection)}).response()


def _selection(request: Request, sent: dict[str, str]) -> Selection:
    caller: Caller = request.state.caller
    return _FILTERS.selection(sent, caller.raise_if_uncovered)
