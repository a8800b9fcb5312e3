"""Changing what a file is called and who may read it, and erasing it."""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.files import actions, schemas
from dossier.files.model import Change, clean_name
from dossier.files.routes.shown import ATTACHMENT_ID, answer
from dossier.foundation.errors import Invalid
from dossier.foundation.http import body, openapi
from dossier.foundation.http.writes import changed, erased

router = APIRouter()


@router.patch(
    "/attachments/{id}",
    **openapi.documented(
        "updateAttachment",
        "What a file is called, and who may read it",
        parameters=(ATTACHMENT_ID, *openapi.WRITE, openapi.IF_MATCH),
        body=schemas.AttachmentPatch,
        gives=schemas.Attachment,
    ),
)
async def update_attachment(request: Request) -> Response:
    sent = await body.read(request, schemas.AttachmentPatch)
    if sent.name is None and sent.scope is None:
        raise Invalid.because("Send what is to be otherwise: name, scope.", "missing_member", pointer="")
    change = Change(None if sent.name is None else clean_name(sent.name), sent.scope)
    return await changed(request, partial(actions.change, change=change), lambda file: answer(request, file))


@router.delete(
    "/attachments/{id}",
    **openapi.documented(
        "deleteAttachment",
        "Erase a file that nothing holds",
        parameters=(ATTACHMENT_ID, *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    ),
)
async def delete_attachment(request: Request) -> Response:
    return await erased(request, actions.erase)
