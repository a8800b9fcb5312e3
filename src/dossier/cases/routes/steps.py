"""Starting a step of a case, and saying that it is done."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.routes.responses import change, changed
from dossier.foundation.http import openapi
from dossier.foundation.http.body import read

router = APIRouter()

STEP_KEY = openapi.path("stepKey", "the step", {"type": "string"})


@router.post(
    "/cases/{id}/start/{stepKey}",
    **change("startCaseStep", "Start a step", schemas.StartStep, (STEP_KEY,), body_required=False),
)
async def start_case_step(request: Request) -> Response:
    body, key = await read(request, schemas.StartStep, optional=True), request.path_params["stepKey"]
    return await changed(request, lambda tx, case, seen: actions.start_step(tx, case, key, body.data, seen))


@router.patch(
    "/cases/{id}/steps/{stepKey}",
    **change("completeCaseStep", "Say that a started step is done", schemas.CompleteStep, (STEP_KEY,)),
)
async def complete_case_step(request: Request) -> Response:
    body, key = await read(request, schemas.CompleteStep), request.path_params["stepKey"]
    return await changed(request, lambda tx, case, seen: actions.complete_step(tx, case, key, body.data, seen))
