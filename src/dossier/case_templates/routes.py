"""Case templates over HTTP: read in the shape of a case, written as a document."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.case_templates import actions, store, wire
from dossier.case_templates.model import CASE_TEMPLATES, TemplateVersion
from dossier.conditions import (
    Condition,
    all_of,
    attribute,
    defined,
    equals,
    parse_filter,
)
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, NotFound, Problem
from dossier.foundation.http import openapi, query
from dossier.foundation.http.answers import Answer
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.body import read_object, split
from dossier.foundation.http.reads import read
from dossier.foundation.http.writes import write
from dossier.foundation.identifiers import parse_id
from dossier.listing.filtering import named_workspaces
from dossier.members.model import email_problems
from dossier.tokens.model import Caller

router = APIRouter()

TEMPLATE_ID = openapi.path("id", "the template")

_ATTRIBUTES = {
    "owner[id]": "owner.id",
    "owner[email]": "owner.email",
    "workspace[id]": "workspace.id",
    "workspace[slug]": "workspace.slug",
}
_FORMATS = {"owner[id]": "uuid", "owner[email]": "email", "workspace[id]": "uuid"}
_FILTERS = (
    openapi.query("title", {"type": "string"}, "part of the title, in either case"),
    openapi.ARCHIVED,
    *(
        openapi.query(name, {"type": "string"} | ({"format": _FORMATS[name]} if name in _FORMATS else {}), "exactly")
        for name in _ATTRIBUTES
    ),
    openapi.FILTER,
)
_FILTER_NAMES = ("title", "archived", "filter", *_ATTRIBUTES)


@router.get(
    "/case_templates",
    **openapi.documented(
        "listCaseTemplates",
        "A page of case templates",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.PAGE_AFTER, openapi.SORT, *_FILTERS),
        gives=wire.TemplatePage,
    ),
)
async def list_case_templates(request: Request) -> Response:
    sent = query.parameters(request, (*query.PAGING, *_FILTER_NAMES))
    page = query.page(sent)
    condition, title = _selection(request, sent)
    async with read(request, "costly") as reading:
        total, versions = await store.page(reading, condition, title, page)
    last = (
        (getattr(versions[page.size - 1], page.sort), versions[page.size - 1].id) if len(versions) > page.size else None
    )
    content = page.envelope(total, [wire.row(each) for each in versions[: page.size]])
    return Answer(content, headers=query.next_link(request, last)).response()


@router.get(
    "/case_templates/{id}",
    **openapi.documented("getCaseTemplate", "A template as a case", parameters=(TEMPLATE_ID,), gives=wire.CaseTemplate),
)
async def get_case_template(request: Request) -> Response:
    return _answer(await _current(request)).response()


@router.get(
    "/case_templates/{id}/document",
    **openapi.documented(
        "getCaseTemplateDocument",
        "The document of a template's current version",
        parameters=(TEMPLATE_ID,),
        gives=wire.TemplateRead,
    ),
)
async def get_case_template_document(request: Request) -> Response:
    current = await _current(request)
    return Answer({"version": current.version, "document": current.document}, headers=_etag(current)).response()


@router.post(
    "/case_templates",
    **openapi.documented(
        "createCaseTemplate",
        "Publish a new template",
        parameters=openapi.WRITE,
        body=wire.CreateTemplate,
        gives=wire.CaseTemplate,
        status=201,
    ),
)
async def create_case_template(request: Request) -> Response:
    placed, document = split(await read_object(request), wire.Placed)
    caller: Caller = request.state.caller
    named = query.body_identifier(placed.workspace.id, "workspace", "id") if placed.workspace else None
    caller.refuse_uncovered([named] if named else [])
    workspace_id = named or _only_workspace(caller)

    async def work(transaction: Transaction) -> Answer:
        owner_id = await _owner(transaction, workspace_id, placed)
        return _answer(await actions.create(transaction, workspace_id, document, owner_id), 201)

    return await write(request, caller.actor, work)


@router.put(
    "/case_templates/{id}",
    **openapi.documented(
        "reviseCaseTemplate",
        "Publish the next version of a template",
        parameters=(TEMPLATE_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=wire.ReviseTemplate,
        gives=wire.CaseTemplate,
    ),
)
async def revise_case_template(request: Request) -> Response:
    document = await read_object(request)
    template_id = query.identifier(request.path_params["id"], "id")
    seen = query.if_match(request)

    async def work(transaction: Transaction) -> Answer:
        return _answer(await actions.revise(transaction, template_id, document, seen))

    return await write(request, request.state.caller.actor, work)


@router.post(
    "/case_templates/{id}",
    **openapi.documented(
        "archiveCaseTemplate",
        "Archive a template, or bring it back",
        parameters=(TEMPLATE_ID, *openapi.WRITE),
        body=wire.ArchiveTemplate,
        gives=wire.CaseTemplate,
    ),
)
async def archive_case_template(request: Request) -> Response:
    body = await read_body(request, wire.ArchiveTemplate)
    template_id = query.identifier(request.path_params["id"], "id")

    async def work(transaction: Transaction) -> Answer:
        return _answer(await actions.archive(transaction, template_id, body.archived))

    return await write(request, request.state.caller.actor, work)


async def _current(request: Request) -> TemplateVersion:
    query.parameters(request)
    template_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        version = await store.get(reading, template_id)
    if version is None:
        raise NotFound.because(f"There is no case template {template_id}.")
    return version


def _answer(version: TemplateVersion, status: int = 200) -> Answer:
    return Answer(wire.full(version), status, _etag(version))


def _etag(version: TemplateVersion) -> Mapping[str, str]:
    return {"ETag": f'"{version.version}"'}


def _only_workspace(caller: Caller) -> UUID:
    if len(caller.workspaces) == 1:
        return caller.workspaces[0].id
    raise Invalid.because("The token covers several workspaces: name one.", "missing_member", pointer="/workspace")


async def _owner(transaction: Transaction, workspace_id: UUID, placed: wire.Placed) -> UUID | None:
    if placed.owner is None:
        return None
    return (await members.owner(transaction, workspace_id, placed.owner.email, "/owner/email")).id


def _selection(request: Request, sent: dict[str, str]) -> tuple[Condition, str]:
    """The condition that the parameters are, and the part of the title that they ask for."""
    caller: Caller = request.state.caller
    if "filter" in sent:
        condition, title = parse_filter(query.json_parameter(sent, "filter"), CASE_TEMPLATES), ""
    else:
        condition, title = _direct(sent), sent.get("title", "")
    caller.refuse_uncovered(*named_workspaces(condition))
    return condition, title


def _direct(sent: dict[str, str]) -> Condition:
    Invalid.if_any(_problems(sent))
    archived = query.choice(sent, "archived", ("true", "false", "any"), "false")
    parts = [equals(attribute(CASE_TEMPLATES, path), sent[name]) for name, path in _ATTRIBUTES.items() if name in sent]
    if archived != "any":
        parts.append(defined(attribute(CASE_TEMPLATES, "archived_at"), defined=archived == "true"))
    return all_of(parts)


def _problems(sent: dict[str, str]) -> Iterator[Problem]:
    for name, form in _FORMATS.items():
        value = sent.get(name)
        if value is not None and form == "uuid" and parse_id(value) is None:
            yield Problem(f"“{name}” must be a uuid, not “{value[:60]}”.", "invalid_uuid", parameter=name)
        elif value is not None and form == "email":
            yield from (each.of_parameter(name) for each in email_problems(value, ""))
