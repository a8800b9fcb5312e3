"""Contacts themselves: erasing a person from everything."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.writes import write

router = APIRouter()


@router.delete(
    "/contacts/{id}",
    **openapi.documented(
        "deleteContact",
        "Erase a person from every case and every history",
        description="Their slots are empty afterwards. What remains is that they were erased: when, by whom, from how many cases.",
        parameters=(openapi.path("id", "the contact"), *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    ),
)
async def delete_contact(request: Request) -> Response:
    contact_id = query.identifier(request.path_params["id"], "id")
    seen = query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        await actions.erase_contact(transaction, contact_id, seen)
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, handle)
