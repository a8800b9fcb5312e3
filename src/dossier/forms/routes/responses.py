"""A response by its id, as JSON:API has it."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import schemas
from dossier.forms.actions.printing import printed
from dossier.forms.actions.saving import get
from dossier.forms.actions.showing import whole
from dossier.forms.model import wire
from dossier.forms.routes.shown import places
from dossier.forms.store import responses
from dossier.foundation.actor import Scope
from dossier.foundation.errors import NotFound
from dossier.foundation.http import openapi, query
from dossier.foundation.http.content import disposition, is_known
from dossier.foundation.http.negotiation import wanted
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of

router = Router()

_GUARDED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"  # browsers refuse a sandboxed PDF

RESPONSE_ID = openapi.path("id", "the response")


_PDF = "application/pdf"
_DOCUMENTED = openapi.documented(
    "getResponse",
    "A response with its form and its files",
    parameters=(RESPONSE_ID,),
    gives=schemas.ResponseDocument,
    description="JSON unless Accept prefers application/pdf: questions and answers page by page, in the language of the response.",
)
_DOCUMENTED["responses"][200]["content"] |= {_PDF: {"schema": {"type": "string", "contentMediaType": _PDF}}}


@router.get("/responses/{id}", **_DOCUMENTED)
async def get_response(request: Request) -> Response:
    query.parameters(request)
    response_id = query.identifier(request.path_params["id"], "id")
    if _wants_paper(request.headers.get("accept", "")):
        return await paper(request, request.state.caller.actor.scope, response_id)
    async with read(request) as session:
        response = await responses.get(session, response_id)
        if response is None:
            raise NotFound.because("There is no response {id}.", id=response_id)
        found = await whole(session, await get(session, response.form_id))
    content = wire.document(found, response, places(request))
    return ApiResponse(content, headers={"Vary": "Accept"}).response()


def _wants_paper(accept: str) -> bool:
    """Whether a PDF is preferred to JSON, which also who wants nothing that we have gets."""
    for each in wanted(accept):
        if each.holds("application/json"):
            return False
        if each.holds(_PDF):
            return True
    return False


async def paper(request: Request, scope: Scope, response_id: UUID) -> Response:
    """The response as a PDF, shown by browsers; 404, 503."""
    made = await printed(services_of(request), scope, response_id)
    headers = {
        "ETag": made.tag,
        "Vary": "Accept",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition("inline", made.name),
        "Content-Security-Policy": _GUARDED,
    }
    if is_known(request, made.tag):
        return Response(None, 304, headers)
    return Response(made.content, 200, headers, _PDF)
