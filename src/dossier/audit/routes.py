"""The audit log over HTTP: what happened in the workspaces that a token covers."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.audit import schemas, store
from dossier.audit.model import ACTS
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.identifiers import parse_id

router = Router()

_ACT = openapi.query("act", {"type": "string", "enum": list(ACTS)}, "only this kind of act")
_BEFORE = openapi.query("before", {"type": "string", "format": "uuid"}, "go on behind an entry, by its id")


@router.get(
    "/audit",
    **openapi.documented(
        "listAuditEntries",
        "Who was let in, was given what, took what out",
        parameters=(openapi.PAGE_SIZE, _ACT, _BEFORE),
        gives=schemas.AuditPage,
    ),
)
async def list_audit_entries(request: Request) -> Response:
    request.state.caller.actor.require("audit.read")
    sent = query.parameters(request, ("page[size]", "act", "before"))
    page = query.page({"page[size]": sent.get("page[size]", "10")})
    act = query.choice(sent, "act", tuple(ACTS), next(iter(ACTS))) if "act" in sent else None
    before = query.identifier(sent["before"], "before") if "before" in sent else None
    async with read(request, "costly") as reading:
        total = await store.count(reading, act=act)
        entries = await store.page(reading, act=act, before=before and parse_id(str(before)), most=page.size)
    return ApiResponse(page.envelope(total, [schemas.row(each) for each in entries])).response()
