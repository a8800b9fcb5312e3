"""Receiving files: as a form, of any size, or inside JSON. While one comes, no thread and no database connection waits for it."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.files import schemas
from dossier.files.actions import Received, keep, put, raise_if_full, take_back
from dossier.files.routes.arriving import OF_WORKSPACE, note_type, one_more, workspace_named
from dossier.files.routes.receiving import receive
from dossier.files.routes.shown import answer
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.http import openapi, query
from dossier.foundation.http.leases import leased
from dossier.foundation.http.reads import caller, read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write_once
from dossier.foundation.services import Services
from dossier.foundation.storage import Unfinished

router = Router()

_PARAMETERS = (*OF_WORKSPACE, openapi.IDEMPOTENCY_KEY)
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": _BYTES,
        "name": {"type": "string", "description": "instead of the part's file name"},
        "type": {"type": "string", "description": "instead of the part's content type"},
        "scope": {"type": "string", "enum": ["public", "restricted"], "default": "restricted"},
        "case": {"type": "string", "format": "uuid", "description": "the case that it is put on"},
    },
}
_DOCUMENTED = openapi.documented(
    "uploadAttachment",
    "Keep a file",
    parameters=_PARAMETERS,
    body=schemas.AttachmentInput,
    gives=schemas.Attachment,
    status=201,
)
_DOCUMENTED["openapi_extra"]["requestBody"]["content"]["multipart/form-data"] = {"schema": _FORM}


@router.post("/attachments", **_DOCUMENTED)
async def upload_attachment(request: Request) -> Response:
    query.raise_if_conditional(request)
    actor: Actor = caller(request).actor
    workspace_id = workspace_named(request)
    actor.require("files.upload")
    services = services_of(request)
    async with leased(request, actor, services.file_limits.key_seconds):
        with one_more(services, actor):
            received = await _received(request, services, workspace_id)
        return await _kept(request, services, received)


async def _received(request: Request, services: Services, workspace_id: UUID) -> Received:
    """The content, kept; no row names it yet."""
    async with read(request) as reading:
        await raise_if_full(reading, workspace_id, 1, services.file_limits)
    storage = services.storage
    unfinished = await storage.do(lambda: Unfinished(storage.storage.unfinished))
    try:
        told = await receive(request, unfinished, storage, services.file_limits)
        return await put(services, caller(request).actor, workspace_id, told, unfinished.whole())
    finally:
        await storage.do(unfinished.discard)


async def _kept(request: Request, services: Services, received: Received) -> Response:
    """The row, and what is answered. What was refused, or is there already, leaves nothing in the storage."""
    request.state.body = received.fingerprint
    note_type(request, received)

    async def handle(transaction: Transaction) -> ApiResponse:
        file = await keep(transaction, received, services.file_limits)
        return answer(request, file, 201, Location=f"{openapi.BASE_PATH}/attachments/{file.id}")

    try:
        response = await write_once(request, caller(request).actor, handle)
    except AppError:
        await take_back(services, received)
        raise
    if "idempotency-replayed" in response.headers:
        await take_back(services, received)
    return response
