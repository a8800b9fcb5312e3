"""How a changed case is answered: whole, or as the receipt that was asked for."""

from typing import Any

from starlette.requests import Request

from dossier.cases import wire
from dossier.cases.model import Work
from dossier.foundation.http.answers import Answer
from dossier.foundation.http.query import preferences


def answer(request: Request, work: Work, *, status: int = 200) -> Answer:
    """The case in full with its ETag; the receipt for `Prefer: return=minimal` (RFC 7240)."""
    headers = dict(wire.etag(work.case))
    if preferences(request).get("return", "").lower() == "minimal":
        headers["Preference-Applied"] = "return=minimal"
        return Answer(wire.receipt(work), status, headers, work.case.id)
    content: dict[str, Any] = wire.full(work.case)
    return Answer(content, status, headers, work.case.id)
