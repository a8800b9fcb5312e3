"""How a changed case is answered: whole, or as the receipt that was asked for."""

from typing import Any

from starlette.requests import Request

from dossier.cases import schemas
from dossier.cases.model import CaseChange
from dossier.foundation.http.query import preferences
from dossier.foundation.http.responses import ApiResponse


def answer(request: Request, change: CaseChange, *, status: int = 200) -> ApiResponse:
    """The case in full with its ETag; the receipt for `Prefer: return=minimal` (RFC 7240)."""
    headers = dict(schemas.etag(change.after))
    if preferences(request).get("return", "").lower() == "minimal":
        headers["Preference-Applied"] = "return=minimal"
        return ApiResponse(schemas.receipt(change), status, headers, change.after.id)
    content: dict[str, Any] = schemas.full(change.after)
    return ApiResponse(content, status, headers, change.after.id)
