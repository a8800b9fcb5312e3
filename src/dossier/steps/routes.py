"""Starting the steps of a case, with what would be sent; saying that one is done, calling it off, trying again."""

from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import schemas as cases
from dossier.cases.routes.case import CASE, CASE_ID
from dossier.foundation.http import openapi, writes
from dossier.foundation.http.body import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import api_address
from dossier.records.routes import PREFER
from dossier.steps import schemas
from dossier.steps.actions.doing import Begun
from dossier.steps.actions.steps import set_step, start_step

router = Router()

STEP_KEY = openapi.path("stepKey", "the step", {"type": "string"})


def _origin(request: Request) -> str:
    """Where people reach the server, for addresses in texts."""
    return api_address(request).removesuffix(openapi.BASE_PATH)


@router.post(
    "/cases/{id}/start/{stepKey}",
    **openapi.documented(
        "startCaseStep",
        "Start a step",
        description="`data` is kept with the step; `send_at` plans it, and `subject body to cc bcc attachments assignee"
        " due_at` stand in place of what the template says. With `dry_run` and `Prefer: return=minimal`, `preview` is what would be sent.",
        parameters=(CASE_ID, STEP_KEY, *openapi.WRITE, openapi.IF_MATCH, PREFER),
        body=schemas.StartStep,
        body_required=False,
        gives=(cases.Case, schemas.StepReceipt),
    ),
)
async def start_case_step(request: Request) -> Response:
    body = await read(request, schemas.StartStep, optional=True)
    key, origin = request.path_params["stepKey"], _origin(request)
    start = lambda tx, case_id, seen: start_step(tx, case_id, key, body.data, seen, origin)  # noqa: E731
    return await writes.changed(request, start, partial(_begun, request))


def _begun(request: Request, done: Begun) -> ApiResponse:
    answer = CASE.answer(request, done.change)
    if done.message and "Preference-Applied" in answer.headers:
        return replace(answer, content=answer.content | {"preview": schemas.preview(done.message)})
    return answer


@router.patch(
    "/cases/{id}/steps/{stepKey}",
    **openapi.documented(
        "completeCaseStep",
        "Say that a step is done, call it off, or have it tried again",
        parameters=(CASE_ID, STEP_KEY, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.SetStep,
        gives=cases.Case,
    ),
)
async def set_case_step(request: Request) -> Response:
    body = await read(request, schemas.SetStep)
    key, origin = request.path_params["stepKey"], _origin(request)
    change = lambda tx, case_id, seen: set_step(tx, case_id, key, body.status, body.data, seen, origin)  # noqa: E731
    return await writes.changed(request, change, partial(CASE.answer, request))
