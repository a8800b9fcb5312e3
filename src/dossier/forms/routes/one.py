"""One form: read, its states changed, erased; its contact reminded, or given another link."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import actions, schemas
from dossier.forms.actions import Patch
from dossier.forms.actions.saving import get, raise_if_unseen
from dossier.forms.actions.showing import whole
from dossier.forms.model import FORM_RECORD, Form
from dossier.forms.routes.shown import FORM_ID, answer, origin, shown
from dossier.forms.store import reading
from dossier.foundation.database import Transaction
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.reads import read, unless_known
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import erased, write
from dossier.records.routes import history_route

router = Router()

_TAKEN = (FORM_ID, *openapi.WRITE, openapi.IF_MATCH)
PATCHED: dict[str, Any] = {"parameters": _TAKEN, "body": schemas.FormPatch, "gives": schemas.WireForm}
READ: dict[str, Any] = {"parameters": (FORM_ID,), "gives": schemas.WireForm}


@router.get("/forms/{id}", **openapi.documented("getForm", "A form in full", **READ))
async def get_form(request: Request) -> Response:
    query.parameters(request)
    form_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as session:
        form = await get(session, form_id)
        found = await whole(session, form)
    if found.responses or found.notifications:  # these move without a version, so nobody has them for certain
        query.not_modified(request, form.version)
        return ApiResponse(shown(request, found), headers={"ETag": f'"{form.version}"'}).response()
    return unless_known(request, lambda: shown(request, found), form.version)


@router.patch("/forms/{id}", **openapi.documented("updateForm", "Send, call back, end, process or put away", **PATCHED))
async def update_form(request: Request) -> Response:
    sent = await body.read(request, schemas.FormPatch)
    return await _changed(request, partial(actions.patch, asked=_asked(sent)))


def _asked(sent: schemas.FormPatch) -> Patch:
    given = sent.model_dump(exclude_unset=True)
    return Patch(
        archived=given.get("archived"),
        draft=given.get("draft"),
        processed=given.get("processed"),
        active_until=given.get("active_until"),
        says_until="active_until" in given,
        user=given.get("user"),
        owner=given.get("owner"),
        says_owner="owner" in given,
    )


async def _changed(request: Request, work: Callable[..., Awaitable[Form]]) -> Response:
    form_id, seen = query.identifier(request.path_params["id"], "id"), query.if_match(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        form = await work(transaction, form_id, origin=origin(request), seen=seen)
        return await answer(request, transaction, form)

    return await write(request, request.state.caller.actor, handle)


@router.delete(
    "/forms/{id}",
    **openapi.documented("deleteForm", "Erase a form of no case, with its answers", parameters=_TAKEN, status=204),
)
async def delete_form(request: Request) -> Response:
    return await erased(request, actions.delete)


_DONE: dict[str, Any] = {"parameters": _TAKEN, "gives": schemas.WireForm}


@router.post("/forms/{id}/remind", **openapi.documented("remindForm", "Remind who was asked", **_DONE))
async def remind_form(request: Request) -> Response:
    await body.read_object(request, optional=True)
    return await _changed(request, actions.remind)


@router.post("/forms/{id}/link", **openapi.documented("renewFormLink", "Another link; the one before ends", **_DONE))
async def renew_form_link(request: Request) -> Response:
    await body.read_object(request, optional=True)
    return await _changed(request, actions.new_link)


async def _found(session: Any, form_id: UUID) -> Form | None:
    return await reading.get(session, form_id)


history_route(
    router,
    "/forms/{id}/history",
    FORM_ID,
    FORM_RECORD,
    _found,
    operation="listFormHistory",
    summary="What happened to a form, newest first",
)

__all__ = ["get_form", "raise_if_unseen", "router", "update_form"]
