"""Case templates over HTTP: read in the shape of a case, written as a document."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.case_templates import actions, schemas, store
from dossier.case_templates.actions.history import get_or_404
from dossier.case_templates.model import CASE_TEMPLATES, TEMPLATE_RECORD, TemplateVersion
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.body import read_object, split
from dossier.foundation.http.reads import read, unless_known
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import changed, write
from dossier.listing.filtering import EMAIL, UUID_TEXT, Direct, Filters, page_answer
from dossier.members.model import email_problems
from dossier.records.routes import history_route
from dossier.tokens.model import Caller

router = Router()

TEMPLATE_ID = openapi.path("id", "the template")

_TITLE = openapi.query("title", {"type": "string"}, "part of the title, in either case")
_FILTERS = Filters(
    CASE_TEMPLATES,
    {
        "owner[id]": Direct("owner.id", UUID_TEXT),
        "owner[email]": Direct("owner.email", EMAIL, email_problems),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
    },
    more=(_TITLE,),
)


@router.get(
    "/case_templates",
    **openapi.documented(
        "listCaseTemplates",
        "A page of case templates",
        parameters=_FILTERS.documented,
        gives=schemas.TemplatePage,
    ),
)
async def list_case_templates(request: Request) -> Response:
    sent = _FILTERS.sent(request)
    caller: Caller = request.state.caller
    page, selection = query.page(sent), _FILTERS.selection(sent, caller.raise_if_uncovered)
    title = "" if "filter" in sent else sent.get("title", "")
    async with read(request, "costly") as reading:
        total, versions = await store.page(reading, selection, title, page)
    return page_answer(request, page, total, versions, schemas.row)


@router.get(
    "/case_templates/{id}",
    **openapi.documented(
        "getCaseTemplate", "A template as a case", parameters=(TEMPLATE_ID,), gives=schemas.CaseTemplate
    ),
)
async def get_case_template(request: Request) -> Response:
    current = await _current(request)
    return _read(request, current, lambda: schemas.full(current))


@router.get(
    "/case_templates/{id}/document",
    **openapi.documented(
        "getCaseTemplateDocument",
        "The document of a template's current version",
        parameters=(TEMPLATE_ID,),
        gives=schemas.TemplateRead,
    ),
)
async def get_case_template_document(request: Request) -> Response:
    current = await _current(request)
    return _read(request, current, lambda: {"version": current.version, "document": current.document})


@router.post(
    "/case_templates",
    **openapi.documented(
        "createCaseTemplate",
        "Publish a new template",
        parameters=openapi.WRITE,
        body=schemas.CreateTemplate,
        gives=schemas.CaseTemplate,
        status=201,
    ),
)
async def create_case_template(request: Request) -> Response:
    placed, document = split(await read_object(request), schemas.Placed)
    query.raise_if_conditional(request)
    caller: Caller = request.state.caller
    named = query.body_identifier(placed.workspace.id, "workspace", "id") if placed.workspace else None
    caller.raise_if_uncovered([named] if named else [])
    workspace_id = named or _only_workspace(caller)

    allowed = services_of(request).outbound

    async def handle(transaction: Transaction) -> ApiResponse:
        owner_id = await _owner(transaction, workspace_id, placed)
        return _answer(await actions.create(transaction, workspace_id, document, owner_id, allowed=allowed), 201)

    return await write(request, caller.actor, handle)


@router.put(
    "/case_templates/{id}",
    **openapi.documented(
        "reviseCaseTemplate",
        "Publish the next version of a template",
        parameters=(TEMPLATE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.ReviseTemplate,
        gives=schemas.CaseTemplate,
    ),
)
async def revise_case_template(request: Request) -> Response:
    document = await read_object(request)
    allowed = services_of(request).outbound
    return await changed(
        request, lambda tx, template, seen: actions.revise(tx, template, document, seen, allowed=allowed), _answer
    )


@router.post(
    "/case_templates/{id}",
    **openapi.documented(
        "archiveCaseTemplate",
        "Archive a template, or bring it back",
        parameters=(TEMPLATE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.ArchiveTemplate,
        gives=schemas.CaseTemplate,
    ),
)
async def archive_case_template(request: Request) -> Response:
    body = await read_body(request, schemas.ArchiveTemplate)
    return await changed(
        request, lambda tx, template, seen: actions.archive(tx, template, body.archived, seen), _answer
    )


history_route(
    router,
    "/case_templates/{id}/history",
    TEMPLATE_ID,
    TEMPLATE_RECORD,
    get_or_404,
    operation="listCaseTemplateHistory",
    summary="What was changed about a template, newest first",
)


async def _current(request: Request) -> TemplateVersion:
    query.parameters(request)
    template_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        version = await store.get(reading, template_id)
    if version is None:
        raise TEMPLATE_RECORD.no_such(template_id)
    return version


def _answer(version: TemplateVersion, status: int = 200) -> ApiResponse:
    return ApiResponse(schemas.full(version), status, {"ETag": f'"{_tag(version)}"'})


def _read(request: Request, version: TemplateVersion, content: Callable[[], Any]) -> Response:
    return unless_known(request, content, version.version, _tag(version))


def _tag(version: TemplateVersion) -> str:
    """The version; with the moment of what was done to the template since, as archiving it is no version."""
    later = version.updated_at != version.published_at
    return f"{version.version}-{version.updated_at:%Y%m%d%H%M%S%f}" if later else str(version.version)


def _only_workspace(caller: Caller) -> UUID:
    if len(caller.workspaces) == 1:
        return caller.workspaces[0].id
    raise Invalid.because("The token covers several workspaces: name one.", "missing_member", pointer="/workspace")


async def _owner(transaction: Transaction, workspace_id: UUID, placed: schemas.Placed) -> UUID | None:
    if placed.owner is None:
        return None
    return (await members.owner(transaction, workspace_id, placed.owner.email, "/owner/email")).id
