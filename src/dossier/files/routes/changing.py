"""Changing what a file is called, who may read it and which case it is on, and erasing it."""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.files import actions, schemas
from dossier.files.model import Change, clean_name
from dossier.files.routes.shown import ATTACHMENT_ID, answer
from dossier.foundation.errors import Invalid
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.writes import changed, erased

router = APIRouter()

_FORCE = openapi.query("force", {"type": "boolean", "default": False}, "although something holds it: its name is left")


@router.patch(
    "/attachments/{id}",
    **openapi.documented(
        "updateAttachment",
        "What a file is called, who may read it, and which case it is on",
        parameters=(ATTACHMENT_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.AttachmentPatch,
        gives=schemas.Attachment,
    ),
)
async def update_attachment(request: Request) -> Response:
    sent = await body.read(request, schemas.AttachmentPatch)
    moves = "case" in sent.model_fields_set
    if sent.name is None and sent.scope is None and not moves:
        raise Invalid.because("Send what is to be otherwise: name, scope, case.", "missing_member", pointer="")
    case = None if sent.case is None else query.body_identifier(sent.case, "case")
    change = Change(None if sent.name is None else clean_name(sent.name), sent.scope, case, moves)
    return await changed(request, partial(actions.change, change=change), lambda file: answer(request, file))


@router.delete(
    "/attachments/{id}",
    **openapi.documented(
        "deleteAttachment",
        "Erase a file that nothing holds, or the content of one that is held",
        parameters=(ATTACHMENT_ID, _FORCE, *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    ),
)
async def delete_attachment(request: Request) -> Response:
    force = query.choice(query.parameters(request, ("force", "dry_run")), "force", ("true", "false"), "false") == "true"
    return await erased(request, partial(actions.erase, force=force), ("force",))
