"""Making forms; with `dry_run` what one would be."""

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import actions, schemas
from dossier.forms.actions.preparing import Enclosed, enclosing, prepared
from dossier.forms.model import wire
from dossier.forms.model.new import NewForm
from dossier.forms.routes.shown import answer, origin
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import BodyLimits

router = Router()

LARGEST, MOST_SECONDS = 70 * 1024 * 1024, 120.0
"""A body with files inside its options: bytes, and seconds in which it arrives. A process takes in one at a time."""

_DOCUMENTED = {
    "parameters": (*openapi.WRITE, openapi.header("Prefer", "`handling=strict`: what is not used is refused")),
    "body": schemas.FormInput,
    "gives": schemas.WireForm,
    "status": 201,
}


def documented(operation: str, summary: str) -> dict[str, Any]:
    """How making a form is described."""
    said = openapi.documented(operation, summary, **_DOCUMENTED)  # type: ignore[arg-type]
    said["responses"][200] = openapi.success(schemas.FormRehearsed, "with `dry_run`: what it would be")
    return said


@router.post("/forms", **documented("createForm", "Ask somebody"))
async def create_form(request: Request) -> Response:
    query.raise_if_conditional(request)
    services = services_of(request)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) <= services.body_limits.size:
        return await _create(request, services.body_limits)
    async with services.process.long_bodies:
        return await _create(request, BodyLimits(LARGEST, MOST_SECONDS))


async def _create(request: Request, limits: BodyLimits) -> Response:
    sent = await body.read(request, schemas.FormInput, limits=limits)
    if (
        len(request.state.body) > services_of(request).body_limits.size
    ):  # a repeat is known by it: that takes no megabytes
        request.state.body = hashlib.sha256(request.state.body).digest()
    services, actor = services_of(request), request.state.caller.actor
    asked = await prepared(services, _asked(request, sent), sent.password)
    async with enclosing(services, actor, asked) as (wanted, enclosed):
        return await _made(request, wanted, enclosed)


async def _made(request: Request, asked: NewForm, enclosed: Enclosed) -> Response:
    services, dry_run = services_of(request), query.parameters(request, ("dry_run",)).get("dry_run") == "true"

    async def handle(transaction: Transaction) -> ApiResponse:
        made = await actions.create(transaction, await enclosed.keep(transaction, services, asked), origin(request))
        for said, at in made.notes:
            body.note(request, body.plain(said), at)
        body.raise_if_strict(request)
        place = f"{openapi.BASE_PATH}/forms/{made.form.id}"
        given = await answer(request, transaction, made.form, 201, Location=place)
        if dry_run:
            return ApiResponse(wire.rehearsed(given.content), 200)
        return given

    response = await write(request, request.state.caller.actor, handle)
    if dry_run or "idempotency-replayed" in response.headers:
        await enclosed.take_back(services)
    return response


def _asked(request: Request, sent: schemas.FormInput) -> NewForm:
    flow, user = sent.flow, sent.user
    preset_id = query.body_identifier(flow.customization, "flow", "customization") if flow.customization else None
    asked = NewForm(
        _workspaces(request, sent),
        slug=flow.slug or None,
        preset_id=preset_id,
        user=user.model_dump(exclude_unset=True) if user else {},
        data=sent.data,
        options=sent.options,
        external_args=sent.external_args,
        redirect_url=sent.redirect_url,
        draft=sent.draft,
        active_from=sent.active_from,
        active_until=sent.active_until,
        says_until="active_until" in sent.model_fields_set,
        owner_email=sent.owner.email if sent.owner else None,
        branding=sent.branding.slug if sent.branding else None,
        webhooks=sent.webhooks,
    )
    if asked.slug and parse_id(asked.slug) and not preset_id:
        asked = replace(asked, slug=None, preset_id=parse_id(asked.slug))
    case_id = query.body_identifier(sent.case.id, "case", "id") if sent.case else None
    return replace(asked, case_id=case_id)


def _workspaces(request: Request, sent: schemas.FormInput) -> tuple[UUID, ...]:
    """Those in which what it is made by is looked for: the one that is named, else all; 400 for two, 403."""
    who = request.state.caller
    named = {name: each for name, each in (("company", sent.company), ("workspace", sent.workspace)) if each}
    if not named:
        return tuple(who.actor.scope.workspaces)
    Invalid.if_any(
        Problem("Name a workspace by “slug” or “id”.", "missing_member", pointer(name))
        for name, each in named.items()
        if not (each.id or each.slug)
    )
    ids = [query.body_identifier(each.id, name, "id") for name, each in named.items() if each.id]
    slugs = [each.slug for each in named.values() if each.slug]
    who.raise_if_uncovered(ids, slugs)
    found = {each.id for each in who.workspaces if each.id in ids or each.slug in slugs}
    if len(found) > 1:
        sentence = "Two workspaces are named; name one."
        raise Invalid.because(sentence, "contradiction", pointer="/workspace")
    return tuple(found)
