"""A response by its id, as JSON:API has it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import schemas
from dossier.forms.actions.saving import get
from dossier.forms.actions.showing import whole
from dossier.forms.model import wire
from dossier.forms.routes.shown import places
from dossier.forms.store import responses
from dossier.foundation.errors import NotFound
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse

router = APIRouter()

RESPONSE_ID = openapi.path("id", "the response")


@router.get(
    "/responses/{id}",
    **openapi.documented(
        "getResponse",
        "A response with its form and its files",
        parameters=(RESPONSE_ID,),
        gives=schemas.ResponseDocument,
    ),
)
async def get_response(request: Request) -> Response:
    query.parameters(request)
    response_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as session:
        response = await responses.get(session, response_id)
        if response is None:
            raise NotFound.because("There is no response {id}.", id=response_id)
        found = await whole(session, await get(session, response.form_id))
    content = wire.document(found, response, places(request))
    return ApiResponse(content, headers={"Vary": "Accept"}).response()
