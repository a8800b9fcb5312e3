"""How a case is changed and answered over HTTP: whole, or as the receipt that was asked for."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import schemas
from dossier.cases.model import CaseChange
from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query, writes
from dossier.foundation.http.responses import ApiResponse
from dossier.records.model import IfMatch

CASE_ID = openapi.path("id", "the case")


def change(
    operation: str,
    summary: str,
    body: type[BaseModel],
    before: Sequence[openapi.Parameter] = (),
    after: Sequence[openapi.Parameter] = (),
    **documented: Any,
) -> dict[str, Any]:
    """What an address says that changes one case: it takes the case's id, a body and what every write does, and gives the case."""
    taken = (CASE_ID, *before, *openapi.WRITE, openapi.IF_MATCH, *after)
    return openapi.documented(operation, summary, parameters=taken, body=body, **{"gives": schemas.Case} | documented)


async def changed(request: Request, work: Callable[[Transaction, UUID, IfMatch], Awaitable[CaseChange]]) -> Response:
    """Change the case of the address, as the client has seen it, and answer it."""
    return await writes.changed(request, work, partial(answer, request))


def answer(request: Request, done: CaseChange) -> ApiResponse:
    """The case in full with its ETag; the receipt for `Prefer: return=minimal` (RFC 7240)."""
    headers = dict(schemas.etag(done.after))
    if query.preferences(request).get("return", "").lower() == "minimal":
        headers["Preference-Applied"] = "return=minimal"
        return ApiResponse(schemas.receipt(done), headers=headers, about=done.after.id)
    return ApiResponse(schemas.full(done.after), headers=headers, about=done.after.id)
