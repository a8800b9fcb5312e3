"""Rules over HTTP: why they did or did not on a case, and what they would do."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.automations import actions, schemas
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import changed

router = Router()

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
    "/cases/{id}/automations/{key}/retry",
    **openapi.documented(
        "retryCaseAutomation",
        "Try again what failed of what a rule did to a case when it last fired",
        parameters=(_CASE, openapi.path("key", "the automation", {"type": "string"}), *openapi.WRITE),
        gives=schemas.AutomationTrace,
    ),
)
async def retry_case_automation(request: Request) -> Response:
    query.raise_if_conditional(request)
    key = request.path_params["key"]
    again = lambda tx, case_id, _: actions.retry(tx, case_id, key)  # noqa: E731
    return await changed(request, again, lambda found: ApiResponse(schemas.trace(found)), lambda _: None)


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
