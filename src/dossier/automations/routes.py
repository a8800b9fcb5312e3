"""Rules over HTTP: why they did or did not on a case, and what they would do."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.automations import actions, schemas
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of

router = APIRouter()

_CASE = openapi.path("id", "the case")
_TEMPLATE = openapi.path("id", "the template")


@router.get(
    "/cases/{id}/automations",
    **openapi.documented(
        "listCaseAutomations",
        "What the rules of a case's template did, and why, or why not",
        parameters=(_CASE,),
        gives=schemas.AutomationList,
    ),
)
async def list_case_automations(request: Request) -> Response:
    query.parameters(request)
    case_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        traces = await actions.explain(reading, case_id)
    return ApiResponse({"data": [schemas.trace(each) for each in traces]}).response()


@router.post(
    "/case_templates/{id}/automations/try",
    **openapi.documented(
        "tryCaseTemplateAutomations",
        "What the rules of a template would do to a case; nothing happens",
        parameters=(_TEMPLATE,),
        body=schemas.TryAutomations,
        gives=schemas.AutomationTrial,
    ),
)
async def try_automations(request: Request) -> Response:
    query.parameters(request)
    template_id, body = (
        query.identifier(request.path_params["id"], "id"),
        await read_body(request, schemas.TryAutomations),
    )
    case_id = query.body_identifier(body.case, "case")
    async with read(request) as reading:
        found = await actions.attempt(
            reading,
            request.state.caller.actor,
            services_of(request).clock,
            template_id,
            case_id,
            body.data,
            body.document,
        )
    return ApiResponse(schemas.trial(found)).response()
