"""Subscriptions over HTTP."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import erased, write
from dossier.tokens.model import Caller
from dossier.webhooks import schemas
from dossier.webhooks.actions import subscriptions as actions
from dossier.webhooks.model.subscriptions import Webhook
from dossier.webhooks.store import subscriptions as store

router = Router()

WEBHOOK_ID = openapi.path("id", "the webhook")


@router.get(
    "/webhooks",
    **openapi.documented(
        "listWebhooks",
        "The webhooks of the workspaces that the token covers",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.SORT),
        gives=schemas.WebhookPage,
    ),
)
async def list_webhooks(request: Request) -> Response:
    request.state.caller.actor.require("webhooks.manage")
    page = query.page(query.parameters(request, query.PAGING))
    async with read(request) as reading:
        total, webhooks = await store.page(reading, page)
    return ApiResponse(page.envelope(total, [schemas.webhook(each) for each in webhooks])).response()


@router.get(
    "/webhooks/{id}",
    **openapi.documented("getWebhook", "A webhook", parameters=(WEBHOOK_ID,), gives=schemas.Webhook),
)
async def get_webhook(request: Request) -> Response:
    query.parameters(request)
    request.state.caller.actor.require("webhooks.manage")
    id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        webhook = await actions.found(reading, id)
    return ApiResponse(schemas.webhook(webhook)).response()


@router.post(
    "/webhooks",
    **openapi.documented(
        "createWebhook",
        "Have an address told of what happens to cases",
        description="The answer has the secret that calls are signed with; it is not shown again.",
        parameters=openapi.WRITE,
        body=schemas.CreateWebhook,
        gives=schemas.WebhookWithSecret,
        status=201,
    ),
)
async def create_webhook(request: Request) -> Response:
    sent = await read_body(request, schemas.CreateWebhook)
    query.raise_if_conditional(request)
    services, caller = services_of(request), request.state.caller
    workspace_id, wanted = _workspace(caller, sent), schemas.wanted(sent)
    caller.actor.require("webhooks.manage")
    wanted.raise_if_wrong()
    await actions.raise_if_forbidden(sent.url, await actions.reachable(services, workspace_id))

    async def handle(transaction: Transaction) -> ApiResponse:
        return _with_secret(await actions.create(transaction, workspace_id, wanted, services.cipher), 201)

    return await write(request, caller.actor, handle)


@router.patch(
    "/webhooks/{id}",
    **openapi.documented(
        "patchWebhook",
        "Change a webhook, switch it off or on",
        parameters=(WEBHOOK_ID, *openapi.WRITE),
        body=schemas.PatchWebhook,
        gives=schemas.Webhook,
    ),
)
async def patch_webhook(request: Request) -> Response:
    id = query.identifier(request.path_params["id"], "id")
    sent = schemas.members((await read_body(request, schemas.PatchWebhook)).model_dump(exclude_unset=True))
    query.raise_if_conditional(request)
    if "url" in sent:
        services, caller = services_of(request), request.state.caller
        allowed = await actions.reachable(services, await actions.workspace_of(services, caller.actor.scope, id))
        await actions.raise_if_forbidden(sent["url"], allowed)

    async def handle(transaction: Transaction) -> ApiResponse:
        return ApiResponse(schemas.webhook(await actions.change(transaction, id, sent)))

    return await write(request, request.state.caller.actor, handle)


@router.delete(
    "/webhooks/{id}",
    **openapi.documented(
        "deleteWebhook",
        "Tell an address nothing more, and forget what it was told",
        parameters=(WEBHOOK_ID, *openapi.WRITE),
        status=204,
    ),
)
async def delete_webhook(request: Request) -> Response:
    query.raise_if_conditional(request)
    return await erased(request, lambda transaction, webhook_id, _seen: actions.delete(transaction, webhook_id))


@router.post(
    "/webhooks/{id}/secret",
    **openapi.documented(
        "changeWebhookSecret",
        "Another secret; for 24 hours the one before signs too",
        parameters=(WEBHOOK_ID, *openapi.WRITE),
        gives=schemas.WebhookWithSecret,
    ),
)
async def change_webhook_secret(request: Request) -> Response:
    id = query.identifier(request.path_params["id"], "id")
    query.raise_if_conditional(request)
    cipher = services_of(request).cipher

    async def handle(transaction: Transaction) -> ApiResponse:
        return _with_secret(await actions.change_secret(transaction, id, cipher))

    return await write(request, request.state.caller.actor, handle)


def _with_secret(made: tuple[Webhook, str], status: int = 200) -> ApiResponse:
    webhook, secret = made
    return ApiResponse(schemas.webhook(webhook), status, once={"secret": secret})


def _workspace(caller: Caller, sent: schemas.CreateWebhook) -> UUID:
    """The workspace that is named, or the only one; 400, 403."""
    if sent.workspace:
        named: Any = query.body_identifier(sent.workspace.id, "workspace", "id")
        caller.raise_if_uncovered([named])
        return UUID(str(named))
    if len(caller.workspaces) == 1:
        return caller.workspaces[0].id
    raise Invalid.because("The token covers several workspaces: name one.", "missing_member", pointer="/workspace")
