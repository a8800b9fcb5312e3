"""How a changed case is answered: whole, or as the receipt that was asked for."""

from typing import Any

from starlette.requests import Request

from dossier.cases import wire
from dossier.cases.model import CaseChange
from dossier.foundation.http.answers import Answer
from dossier.foundation.http.query import preferences


def answer(request: Request, change: CaseChange, *, status: int = 200) -> Answer:
    """The case in full with its ETag; the receipt for `Prefer: return=minimal` (RFC 7240)."""
    headers = dict(wire.etag(change.after))
    if preferences(request).get("return", "").lower() == "minimal":
        headers["Preference-Applied"] = "return=minimal"
        return Answer(wire.receipt(change), status, headers, change.after.id)
    content: dict[str, Any] = wire.full(change.after)
    return Answer(content, status, headers, change.after.id)
