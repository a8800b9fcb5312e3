"""Uploads for programs: tus 1.0.0 with a token."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.model import BINARY
from dossier.files.routes import tus
from dossier.files.routes.arriving import OF_WORKSPACE, workspace_named
from dossier.foundation.http import openapi
from dossier.foundation.http.reads import caller
from dossier.foundation.http.router import Router

router = Router()

_DOOR = tus.Door(
    f"{openapi.BASE_PATH}/uploads", f"{openapi.BASE_PATH}/attachments", lambda request: caller(request).actor
)
_ID = openapi.path("id", "the upload, and the attachment that it becomes")


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": schema, "description": description}


_TUS = _header("Tus-Resumable", "the version that is spoken", type="string", enum=[tus.VERSION])
_LENGTH = _header("Upload-Length", "bytes of the whole file", type="integer", minimum=1, maximum=10 * 10**9)
_OFFSET = _header("Upload-Offset", "bytes that are there already", type="integer", minimum=0)
_METADATA = _header(
    "Upload-Metadata",
    "filename, filetype, scope and case, each with its text as base64, with commas between",
    type="string",
)
_DESCRIBED = openapi.documented("describeUploads", "What is spoken: tus 1.0.0", status=204)
_DESCRIBED["openapi_extra"]["security"] = [{}]  # for anybody
_PIECE = openapi.documented(
    "continueUpload",
    "Send more of an upload",
    parameters=(_ID, _TUS, _OFFSET),
    status=204,
    description="After the last byte with Content-Location: the upload has become an attachment of the same id.",
)
_PIECE["openapi_extra"]["requestBody"] = {
    "required": True,
    "content": {tus.PIECE: {"schema": {"type": "string", "contentMediaType": BINARY}}},
}


@router.options("/uploads", **_DESCRIBED)
async def describe_uploads(request: Request) -> Response:
    return await tus.describe(request)


@router.post(
    "/uploads",
    **openapi.documented(
        "beginUpload",
        "Announce a file that comes in several goes",
        parameters=(*OF_WORKSPACE, openapi.IDEMPOTENCY_KEY, _TUS, _LENGTH, _METADATA),
        status=201,
    ),
)
@tus.spoken
async def begin_upload(request: Request) -> Response:
    return await tus.begin(request, _DOOR, workspace_named(request))


@router.head(
    "/uploads/{id}",
    **openapi.documented("getUpload", "How far an upload is", parameters=(_ID, _TUS)),
)
@tus.spoken
async def get_upload(request: Request) -> Response:
    return await tus.progress(request, _DOOR)


@router.patch("/uploads/{id}", **_PIECE)
@tus.spoken
async def continue_upload(request: Request) -> Response:
    return await tus.go_on(request, _DOOR)


@router.delete(
    "/uploads/{id}",
    **openapi.documented("endUpload", "End an upload; nothing of it stays", parameters=(_ID, _TUS), status=204),
)
@tus.spoken
async def end_upload(request: Request) -> Response:
    return await tus.end(request, _DOOR)
