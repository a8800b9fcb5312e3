"""Workspaces over HTTP."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.workspaces import schemas, store

router = APIRouter()


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
