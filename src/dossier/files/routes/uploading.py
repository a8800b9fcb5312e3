"""Receiving files: as a form, of any size, or inside JSON. While one comes, no thread and no database connection waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.files import schemas
from dossier.files.actions import Received, keep, put, raise_if_full
from dossier.files.routes.receiving import receive
from dossier.files.routes.shown import answer
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, TooManyRequests
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import note
from dossier.foundation.http.reads import caller, read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write_once
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import Services
from dossier.foundation.storage import Unfinished
from dossier.tokens.model import Caller

router = APIRouter()

_WORKSPACE = ("company", "workspace")
_PARAMETERS = (
    openapi.query("company", {"type": "string"}, "the workspace, by id or slug"),
    openapi.query("workspace", {"type": "string"}, "the same under its present name"),
    openapi.IDEMPOTENCY_KEY,
)
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
    workspace_id = _workspace(request)
    actor.require("files.upload")
    services = services_of(request)
    with _one_more(services, actor.id):
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
        return await put(storage, workspace_id, told, unfinished)
    finally:
        await storage.do(unfinished.discard)


async def _kept(request: Request, services: Services, received: Received) -> Response:
    """The row, and what is answered. What was refused, or is there already, leaves nothing in the storage."""
    request.state.body = received.fingerprint
    if received.is_lie:
        note(request, f"the type is {received.type}")

    async def handle(transaction: Transaction) -> ApiResponse:
        file = await keep(transaction, received, services.file_limits)
        return answer(request, file, 201, Location=f"{openapi.BASE_PATH}/attachments/{file.id}")

    try:
        response = await write_once(request, caller(request).actor, handle)
    except AppError:
        await _take_back(services, received)
        raise
    if "idempotency-replayed" in response.headers:
        await _take_back(services, received)
    return response


async def _take_back(services: Services, received: Received) -> None:
    """Nothing names it. Where it is not known whether a row was kept, as when the database is lost, the sweep decides."""
    with suppress(AppError):
        await services.storage.do(services.storage.storage.delete, received.object)


@contextmanager
def _one_more(services: Services, who: UUID | None) -> Iterator[None]:
    """429 for who sends as many at once as they may."""
    arriving, most = services.process.arriving, services.file_limits.at_once
    if arriving[who] >= most:
        raise TooManyRequests.because("{count} files are on their way already; send the next one later.", count=most)
    arriving[who] += 1
    try:
        yield
    finally:
        arriving[who] -= 1
        if not arriving[who]:
            del arriving[who]


def _workspace(request: Request) -> UUID:
    """The workspace that the query names, or the only one there is; 400, 403."""
    sent = query.parameters(request, _WORKSPACE)
    who: Caller = caller(request)
    named = [sent[name] for name in _WORKSPACE if name in sent]
    if not named and len(who.workspaces) != 1:
        sentence = "The token covers several workspaces: name one, as workspace=…."
        raise Invalid.because(sentence, "workspace_required", parameter="workspace")
    ids = [id for each in named if (id := parse_id(each))]
    who.raise_if_uncovered(ids, [each for each in named if not parse_id(each)])
    found = {each.id for each in who.workspaces if not named or each.id in ids or each.slug in named}
    if len(found) > 1:
        sentence = "“company” and “workspace” name two workspaces; send one of them."
        raise Invalid.because(sentence, "invalid_parameter", parameter="workspace")
    return found.pop()
