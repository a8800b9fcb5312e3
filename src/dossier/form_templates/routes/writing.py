"""Writing form templates: documents published or kept as drafts, in JSON or YAML; archived, brought back, switched on and off."""

import asyncio
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.drafting.model import Draft
from dossier.form_templates import actions, schemas, store
from dossier.form_templates.actions import drafts
from dossier.form_templates.model import FormTemplateVersion
from dossier.form_templates.routes.naming import NAMED, SLUG, placed, within
from dossier.form_templates.routes.reading import DRAFT, YAML, tag_of
from dossier.foundation import yaml
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import raise_if_compressed, read_object, receive, split
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import Handler, write
from dossier.tokens.model import Caller

router = Router()

_NAMES = tuple(each["name"] for each in NAMED)
_CHANGING = (SLUG, *NAMED, *openapi.WRITE, openapi.IF_MATCH)


@router.post(
    "/form_templates",
    **openapi.documented(
        "createFormTemplate",
        "Publish a new form template, or begin a draft of one",
        parameters=(DRAFT, *openapi.WRITE),
        body=schemas.CreateFormTemplate,
        gives=(schemas.PublishedFormTemplate, schemas.FormTemplateDraft),
        status=201,
        description="The document is JSON, or YAML with `Content-Type: application/yaml`.",
    ),
)
async def create_form_template(request: Request) -> Response:
    where, document = split(await _document(request), schemas.PlacedForm)
    query.raise_if_conditional(request)
    caller: Caller = request.state.caller
    workspace_id = placed(where, caller)

    async def handle(transaction: Transaction) -> ApiResponse:
        if _of_draft(request):
            id = await drafts.begin(transaction, workspace_id, document)
            return _draft(await drafts.get_draft(transaction, id), 201)
        return await _published(transaction, await actions.create(transaction, workspace_id, document), 201)

    return await write(request, caller.actor, handle, ("draft",))


@router.put(
    "/form_templates/{slug}",
    **openapi.documented(
        "reviseFormTemplate",
        "Publish the next version of a form template, or keep it as the draft",
        parameters=(*_CHANGING, DRAFT),
        body=schemas.ReviseFormTemplate,
        gives=(schemas.PublishedFormTemplate, schemas.FormTemplateDraft),
        description="The document is JSON, or YAML with `Content-Type: application/yaml`.",
    ),
)
async def revise_form_template(request: Request) -> Response:
    document, seen = await _document(request), query.if_match(request)

    async def work(transaction: Transaction, id: UUID) -> ApiResponse:
        if _of_draft(request):
            return _draft(await drafts.put(transaction, id, document, seen))
        return await _published(transaction, await actions.revise(transaction, id, document, seen))

    return await write(request, request.state.caller.actor, _of_template(request, work), (*_NAMES, "draft"))


@router.post(
    "/form_templates/{slug}/publish",
    **openapi.documented(
        "publishFormTemplate",
        "Publish the draft of a form template",
        parameters=_CHANGING,
        gives=schemas.PublishedFormTemplate,
        description="`If-Match` is held against the draft's revision.",
    ),
)
async def publish_form_template(request: Request) -> Response:
    await receive_nothing(request)
    seen = query.if_match(request)

    async def work(transaction: Transaction, id: UUID) -> ApiResponse:
        return await _published(transaction, await drafts.publish(transaction, id, seen))

    return await write(request, request.state.caller.actor, _of_template(request, work), _NAMES)


@router.delete(
    "/form_templates/{slug}/draft",
    **openapi.documented(
        "discardFormTemplateDraft",
        "Forget what was changed since the last version; of a new template all of it",
        parameters=(SLUG, *NAMED, *openapi.WRITE),
        status=204,
    ),
)
async def discard_form_template_draft(request: Request) -> Response:
    query.raise_if_conditional(request)

    async def work(transaction: Transaction, id: UUID) -> ApiResponse:
        await drafts.discard(transaction, id)
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, _of_template(request, work), _NAMES)


@router.post(
    "/form_templates/{slug}",
    **openapi.documented(
        "changeFormTemplate",
        "Archive a form template or bring it back; let forms be made with it, or no longer",
        parameters=_CHANGING,
        body=schemas.ChangeFormTemplate,
        gives=schemas.PublishedFormTemplate,
        description="`enabled` by a preset's id is of that preset, by the slug of all presets of the template.",
    ),
)
async def change_form_template(request: Request) -> Response:
    body, seen = await read_body(request, schemas.ChangeFormTemplate), query.if_match(request)
    if (body.archived is None) == (body.enabled is None):
        raise Invalid.because("Send either “archived” or “enabled”.", "missing_member", pointer="")
    slug = request.path_params["slug"]

    async def work(transaction: Transaction, id: UUID) -> ApiResponse:
        if body.archived is not None:
            return await _published(transaction, await actions.archive(transaction, id, body.archived, seen))
        current = await actions.get_or_404(transaction, id)
        named = slug if slug != current.slug else current.slug
        presets = await store.presets(transaction, named, [current.workspace_id], usable=False)
        return await _published(transaction, await actions.enable(transaction, presets, bool(body.enabled), seen))

    return await write(request, request.state.caller.actor, _of_template(request, work), _NAMES)


def _of_template(request: Request, work: Any) -> Handler:
    """The work on the template that the address names."""
    named = {name: text for name, text in request.query_params.multi_items() if name in _NAMES}
    places = within(named, request.state.caller)

    async def handle(transaction: Transaction) -> ApiResponse:
        _, id = await actions.find_template(transaction, request.path_params["slug"], places)
        answer: ApiResponse = await work(transaction, id)
        return answer

    return handle


def _of_draft(request: Request) -> bool:
    sent = {"draft": request.query_params["draft"]} if "draft" in request.query_params else {}
    return query.choice(sent, "draft", ("true", "false"), "false") == "true"


async def _document(request: Request) -> dict[str, Any]:
    """The document that was sent, as JSON or as YAML; 400, 408, 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in YAML:
        return await read_object(request)
    body = request.state.body = await receive(request, services_of(request).body_limits)
    raise_if_compressed(request.headers.get("content-encoding", ""))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Invalid.because("The body must be YAML in UTF-8.", "malformed_yaml", pointer="") from None
    found = await asyncio.to_thread(yaml.decode, text)
    if not isinstance(found, dict):
        raise Invalid.because("The body must be an object.", "invalid_type", pointer="")
    return found


async def receive_nothing(request: Request) -> None:
    """The body of an address that takes none."""
    request.state.body = await receive(request, services_of(request).body_limits)


async def _published(transaction: Transaction, version: FormTemplateVersion, status: int = 200) -> ApiResponse:
    presets = await store.presets(transaction, version.slug, [version.workspace_id], usable=False)
    headers = {"ETag": f'"{tag_of(version)}"'}
    if status == 201:
        headers["Location"] = f"{openapi.BASE_PATH}/form_templates/{version.slug}"
    return ApiResponse(schemas.published(version, presets), status, headers)


def _draft(draft: Draft, status: int = 200) -> ApiResponse:
    content = {
        "template": draft.template_id,
        "slug": draft.document["slug"],
        "based_on": draft.based_on,
        "revision": draft.revision,
        "problems": [schemas.problem(each) for each in draft.problems],
    }
    return ApiResponse(content, status, {"ETag": f'"{draft.revision}-draft"'})
