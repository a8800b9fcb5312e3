"""Several pictures of an answer as one PDF: made by the server, so that it needs no script."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from starlette.requests import Request

from dossier import files
from dossier.fields import Sent
from dossier.files import portal as sent_files
from dossier.files.model import File
from dossier.form_templates.model import AskedPage
from dossier.forms.actions.sending import keep_files, sender
from dossier.forms.model.room import JOINED
from dossier.forms.portal.sending import share_of
from dossier.forms.portal.visiting import Guest
from dossier.forms.store import answers as store
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.reader import language_of
from dossier.web import database_of

BUTTON = "join"
MOST = JOINED  # pictures, each a page
_LONGEST = 80  # characters of a name


async def joined(request: Request, guest: Guest, found: AskedPage, sent: Sent) -> Sent:
    """What was sent, with one PDF in the place of the pictures of the question whose button was pressed; 409, 410, 413, 422, 429, 504."""
    name = next((value for key, value in sent if key == BUTTON), "")
    pictures = await _pictures(request, guest, [value for key, value in sent if key == f"{name}.value"])
    if len(pictures) < 2:
        return sent
    if len(pictures) > MOST:
        raise Invalid.because("{count} pictures at most are joined at once.", count=MOST)
    id = await _kept(request, guest, pictures, _called(guest, found, name))
    first, gone = (f"{name}.value", str(pictures[0].id)), {(f"{name}.value", str(each.id)) for each in pictures[1:]}
    return [(key, id if (key, value) == first else value) for key, value in sent if (key, value) not in gone]


async def _pictures(request: Request, guest: Guest, ids: Sequence[str]) -> list[File]:
    """Those of the files that are pictures, and were sent to this form."""
    known = [each for each in dict.fromkeys(ids) if parse_id(each)]
    async with database_of(request).reading(guest.actor.scope) as reading:
        owned = await store.sent_by(reading, guest.form.id, known)
        wanted = [id for id in known if id in owned and owned[id].is_picture]
        found = [await files.get(reading, UUID(id)) for id in wanted]
    return [each for each in found if each]


async def _kept(request: Request, guest: Guest, pictures: Sequence[File], name: str) -> str:
    services = services_of(request)
    services = replace(services, file_limits=sent_files.limits(services, None, share_of(guest, services)))
    actor, said = sender(guest.actor, guest.form), language_of(request).said
    made = await sent_files.joined(services, actor, guest.form.workspace_id, pictures, name, said)
    try:
        ((_, id),) = await database_of(request).write(
            actor, lambda tx: keep_files(tx, [(name, made)], services.file_limits)
        )
    except AppError:
        await files.take_back(services, made)
        raise
    return str(id)


def _called(guest: Guest, found: AskedPage, name: str) -> str:
    key = name.rpartition(".")[2]
    element = guest.template.element_by_key.get(key)
    label = guest.wording.label(element) if element else found.key
    return f"{label[:_LONGEST]}.pdf"
