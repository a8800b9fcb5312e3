"""One case: read it as it is or was, edit it, archive it, delete it, take something back."""

import re
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.actions.history import as_it_was, history_page
from dossier.cases.model import Case
from dossier.cases.routes.changing import CASE_ID
from dossier.cases.routes.responses import answer
from dossier.foundation import exact
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read
from dossier.foundation.http.reads import read as reading_for
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write
from dossier.records.schemas import HistoryPage, history_entry

router = APIRouter()

AT = openapi.query("at", {"type": "string", "format": "date-time"}, "read the case as it was then")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@router.get(
    "/cases/{id}",
    **openapi.documented("getCase", "A case in full", parameters=(CASE_ID, AT), gives=schemas.Case),
)
async def get_case(request: Request) -> Response:
    sent = query.parameters(request, ("at",))
    moment = _moment(sent["at"]) if "at" in sent else None
    case_id = query.identifier(request.path_params["id"], "id")
    if moment:
        async with reading_for(request) as reading:
            return _answer(request, await as_it_was(reading, await actions.get_or_404(reading, case_id), moment))
    case = await services_of(request).lookups(actions.find_together).ask(request.state.caller.actor.scope, case_id)
    return _answer(request, case)


def _answer(request: Request, case: Case) -> Response:
    if query.not_modified(request, case.version):
        return ApiResponse(None, 304, headers=schemas.etag(case)).response()
    return ApiResponse(schemas.full(case), headers=schemas.etag(case)).response()


@router.post(
    "/cases/{id}",
    **openapi.documented(
        "archiveCase",
        "Archive a case, or bring it back",
        parameters=(CASE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.ArchiveCase,
        gives=schemas.Case,
    ),
)
async def archive_case(request: Request) -> Response:
    body = await read(request, schemas.ArchiveCase)
    case_id = query.identifier(request.path_params["id"], "id")
    seen = query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(request, await actions.archive(transaction, case_id, body.archived, seen))

    return await write(request, request.state.caller.actor, handle)


@router.patch(
    "/cases/{id}",
    **openapi.documented(
        "patchCase",
        "Set title, description, locale, reference, status, waiting_for or owner",
        parameters=(CASE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.PatchCase,
        gives=schemas.Case,
    ),
)
async def patch_case(request: Request) -> Response:
    body = await read(request, schemas.PatchCase)
    case_id = query.identifier(request.path_params["id"], "id")
    values, seen = body.model_dump(exclude_unset=True), query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(request, await actions.patch(transaction, case_id, values, seen))

    return await write(request, request.state.caller.actor, handle)


@router.delete(
    "/cases/{id}",
    **openapi.documented(
        "deleteCase",
        "Erase a case with its values and its history",
        parameters=(CASE_ID, *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    ),
)
async def delete_case(request: Request) -> Response:
    case_id = query.identifier(request.path_params["id"], "id")
    seen = query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        await actions.delete(transaction, case_id, seen)
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, handle)


@router.get(
    "/cases/{id}/history",
    **openapi.documented(
        "listCaseHistory",
        "What happened to a case, newest first",
        parameters=(CASE_ID, openapi.PAGE_NUMBER, openapi.PAGE_SIZE),
        gives=HistoryPage,
    ),
)
async def list_case_history(request: Request) -> Response:
    page = query.page(query.parameters(request, ("page[number]", "page[size]")))
    case_id = query.identifier(request.path_params["id"], "id")
    async with reading_for(request) as reading:
        total, entries = await history_page(reading, case_id, page)
    return ApiResponse(page.envelope(total, [history_entry(each) for each in entries])).response()


@router.post(
    "/cases/{id}/undo",
    **openapi.documented(
        "undoCaseChange",
        "Take one entry of the history back",
        parameters=(CASE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.Undo,
        gives=schemas.Case,
    ),
)
async def undo_case_change(request: Request) -> Response:
    body = await read(request, schemas.Undo)
    case_id = query.identifier(request.path_params["id"], "id")
    entry, seen = query.body_identifier(body.entry, "entry"), query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(request, await actions.undo(transaction, case_id, entry, seen))

    return await write(request, request.state.caller.actor, handle)


def _moment(text: str) -> datetime:
    """An RFC 3339 time; a `+` of its offset may have arrived as a space."""
    plus = text.replace(" ", "+")
    try:
        if len(plus) == 10:
            day = exact.day(plus)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        if _TIME.fullmatch(plus):
            return exact.moment(plus)
    except (ValueError, OverflowError):
        pass
    detail = "“at” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z, or a day."
    raise Invalid.because(detail, "invalid_parameter", parameter="at")
