"""What programs ask of every kept thing: its history, and how it was at a time."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import exact
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.records.actions.history import history_page
from dossier.records.model import Record, T
from dossier.records.schemas import HistoryPage, history_entry

AT = openapi.query("at", {"type": "string", "format": "date-time"}, "read the case as it was then")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def history_route(
    router: APIRouter,
    path: str,
    id: openapi.Parameter,
    record: Record[T],
    find: Callable[[ReadSession, UUID], Awaitable[T]],
    **documented: Any,
) -> None:
    """Add the history of a kind of thing under its address. `find`: the thing, 404; `documented`: operation and summary."""

    async def list_history(request: Request) -> Response:
        page = query.page(query.parameters(request, ("page[number]", "page[size]")))
        thing_id = query.identifier(request.path_params["id"], "id")
        async with read(request) as reading:
            total, entries = await history_page(reading, record, await find(reading, thing_id), page)
        return ApiResponse(page.envelope(total, [history_entry(each) for each in entries])).response()

    parameters = (id, openapi.PAGE_NUMBER, openapi.PAGE_SIZE)
    router.get(path, **openapi.documented(**documented, parameters=parameters, gives=HistoryPage))(list_history)


def as_of(sent: dict[str, str]) -> datetime | None:
    """The parameter `at`, an RFC 3339 time, or a day; a `+` of its offset may have arrived as a space. 400."""
    if "at" not in sent:
        return None
    plus = sent["at"].replace(" ", "+")
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
