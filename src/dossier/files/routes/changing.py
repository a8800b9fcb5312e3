"""Changing what a file is called, who may read it and which case it is on, and erasing it."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from dossier.files import actions, schemas
from dossier.files.model import Change, clean_name
from dossier.files.routes.shown import ATTACHMENT_ID, answer
from dossier.foundation.errors import Invalid
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import changed, erased

router = Router()

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
    change = _asked(request, await body.read(request, schemas.AttachmentPatch, any_text_at="/name"))
    change_it = partial(actions.change, change=change)
    return await changed(request, change_it, lambda file: answer(request, file), query.if_match_any)


def _asked(request: Request, sent: schemas.AttachmentPatch) -> Change:
    given = sent.model_dump(exclude_unset=True)
    if not given:
        raise Invalid.because("Send what is to be otherwise: name, scope, case.", "missing_member", pointer="")
    name = clean_name(given["name"]) if "name" in given else None
    if name != given.get("name"):
        body.note(request, "the name was cleaned")
    case = None if given.get("case") is None else query.body_identifier(given["case"], "case")
    return Change(name, given.get("scope"), case, "case" in given)


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
    return await erased(request, partial(actions.erase, force=force), ("force",), query.if_match_any)
