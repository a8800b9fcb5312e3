"""Workspaces over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write
from dossier.workspaces import actions, schemas, store

router = Router()


@router.get(
    "/workspaces",
    **openapi.documented(
        "listWorkspaces",
        "The workspaces that the token covers",
        parameters=(openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.SORT),
        gives=schemas.WorkspacePage,
    ),
)
async def list_workspaces(request: Request) -> Response:
    page = query.page(query.parameters(request, query.PAGING))
    async with read(request) as reading:
        total, workspaces = await store.page(reading, page)
    return ApiResponse(page.envelope(total, [schemas.workspace(each) for each in workspaces])).response()


_ID = openapi.path("id", "the workspace")
_NAME = openapi.path("name", "the secret", {"type": "string"})


@router.get(
    "/workspaces/{id}/secrets",
    **openapi.documented(
        "listWorkspaceSecrets", "The names of the secrets of a workspace", parameters=(_ID,), gives=schemas.SecretList
    ),
)
async def list_secrets(request: Request) -> Response:
    query.parameters(request)
    workspace_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        found = await actions.list_secrets(reading, request.state.caller.actor, workspace_id)
    return ApiResponse({"data": [schemas.secret(each) for each in found]}).response()


@router.put(
    "/workspaces/{id}/secrets/{name}",
    **openapi.documented(
        "setWorkspaceSecret",
        "Keep a secret for calls to other systems",
        description="Texts of `http` steps and actions use it as `{{ secrets.name }}`; nothing shows it again.",
        parameters=(_ID, _NAME, *openapi.WRITE),
        body=schemas.SetSecret,
        status=204,
    ),
)
async def set_secret(request: Request) -> Response:
    body = await read_body(request, schemas.SetSecret)
    workspace_id, cipher = query.identifier(request.path_params["id"], "id"), services_of(request).cipher
    query.raise_if_conditional(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        await actions.set_secret(transaction, cipher, workspace_id, request.path_params["name"], body.value)
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, handle)


@router.delete(
    "/workspaces/{id}/secrets/{name}",
    **openapi.documented(
        "removeWorkspaceSecret", "Forget a secret", parameters=(_ID, _NAME, *openapi.WRITE), status=204
    ),
)
async def remove_secret(request: Request) -> Response:
    workspace_id = query.identifier(request.path_params["id"], "id")
    query.raise_if_conditional(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        await actions.remove_secret(transaction, workspace_id, request.path_params["name"])
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, handle)
