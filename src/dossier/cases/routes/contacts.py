"""Contacts themselves: erasing a person from everything."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.foundation.http import openapi
from dossier.foundation.http.writes import erased

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
    return await erased(request, actions.erase_contact)
