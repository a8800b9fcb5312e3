"""Starting a step of a case, and saying that it is done."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.routes.changing import CASE_ID
from dossier.cases.routes.responses import answer
from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.writes import write

router = APIRouter()

STEP_KEY = openapi.path("stepKey", "the step", {"type": "string"})


@router.post(
    "/cases/{id}/start/{stepKey}",
    **openapi.documented(
        "startCaseStep",
        "Start a step",
        parameters=(CASE_ID, STEP_KEY, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.StartStep,
        body_required=False,
        gives=schemas.Case,
    ),
)
async def start_case_step(request: Request) -> Response:
    body = await read(request, schemas.StartStep, optional=True)
    case_id = query.identifier(request.path_params["id"], "id")
    key, seen = request.path_params["stepKey"], query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(request, await actions.start_step(transaction, case_id, key, body.data, seen))

    return await write(request, request.state.caller.actor, handle)


@router.patch(
    "/cases/{id}/steps/{stepKey}",
    **openapi.documented(
        "completeCaseStep",
        "Say that a started step is done",
        parameters=(CASE_ID, STEP_KEY, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.CompleteStep,
        gives=schemas.Case,
    ),
)
async def complete_case_step(request: Request) -> Response:
    body = await read(request, schemas.CompleteStep)
    case_id = query.identifier(request.path_params["id"], "id")
    key, seen = request.path_params["stepKey"], query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(request, await actions.complete_step(transaction, case_id, key, body.data, seen))

    return await write(request, request.state.caller.actor, handle)
