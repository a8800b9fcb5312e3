"""Files that somebody sends with a page of questions, to one question, or in several goes; and their pictures."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier import files
from dossier.fields import Sent
from dossier.files import portal as sent_files
from dossier.files.model import no_such
from dossier.form_templates.model import Element
from dossier.forms.actions import answering
from dossier.forms.actions.answering import Sending
from dossier.forms.actions.sending import keep_files, sender
from dossier.forms.model.given import files_named
from dossier.forms.model.room import taken
from dossier.forms.portal.shared import home
from dossier.forms.portal.visiting import Guest, browser_of, guest_of
from dossier.forms.store import answers as store
from dossier.foundation.errors import AppError, Conflict, NotFound
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.services import FileLimits, Services
from dossier.foundation.share import Share
from dossier.web import database_of, see_other
from dossier.web.csrf import raise_if_not_ours, read_form

_MULTIPART = "multipart/form-data"


async def read_page(request: Request, guest: Guest) -> Sent:
    """What was sent of a page; of a file, once it is kept, that it is an answer. 400, 403, 408, 413, 422, 429."""
    if not request.headers.get("content-type", "").lower().startswith(_MULTIPART):
        await read_form(request, guest)
        sent: Sent = request.state.form
        return sent
    return await _read_files(request, guest)


async def _read_files(request: Request, guest: Guest) -> Sent:
    services = replace(services_of(request), file_limits=_limits(request, guest))
    actor, questions = sender(guest.actor, guest.form), {each.key for each in _questions(guest)}

    async def look(fields: list[tuple[str, str]]) -> None:
        raise_if_not_ours(request, guest, dict(fields))

    def is_asked(name: str) -> bool:
        return name.endswith(".file") and name.split(".")[-2] in questions

    fields, arrived = await sent_files.take_form(request, services, actor, guest.form.workspace_id, look, is_asked)
    try:
        kept = await database_of(request).write(actor, lambda tx: keep_files(tx, arrived, services.file_limits))
    except AppError:
        for _, each in arrived:
            await files.take_back(services, each)
        raise
    return [*fields, *((_value_of(name), str(id)) for name, id in kept)]


def _questions(guest: Guest) -> list[Element]:
    """What asks for files."""
    return [each for each in guest.template.all_elements() if each.type == "file"]


def _limits(request: Request, guest: Guest) -> FileLimits:
    """What holds for files that are sent to this form: none is larger than a question takes, and all not twice what its questions take."""
    services = services_of(request)
    sizes: list[int] = [getattr(each.field, "max_size", None) or 0 for each in _questions(guest)]
    return sent_files.limits(services, max(sizes) if all(sizes) and sizes else None, share_of(guest, services))


def share_of(guest: Guest, services: Services) -> Share | None:
    """What somebody outside may send to this form, a tenth of it where nobody knows who they are; a member anything."""
    if guest.actor.type != "contact":
        return None
    whole = services.file_limits.of_form
    return taken(guest.template, whole // 10 if guest.form.user.anonymous else whole)


def _value_of(name: str) -> str:
    """The name of the input that names what an input sends."""
    return name.removesuffix(".file") + ".value"


async def send(request: Request) -> Response:
    """Files for one question, behind those that it has."""
    guest, key = guest_of(request), request.path_params["element"]
    if not guest.is_in or guest.state not in ("start", "continue"):
        return home(request)
    found = guest.asked.element(key)
    if found is None or found.element.field is None or found.element.type != "file":
        raise NotFound.because("There is no such question here.")
    sent = await read_page(request, guest)
    ids = [*found.element.field.files(found.value), *(value for name, value in sent if name.endswith(".value"))]
    sending = Sending(sent=[(f"{key}.value", id) for id in ids])
    browser = browser_of(request)
    try:
        await database_of(request).write(
            guest.actor,
            lambda tx: answering.save(tx, guest.form.id, guest.template, {key: sending}, browser, guest.wording),
        )
    except Conflict:
        return home(request)
    return see_other(guest.to("pages", guest.template.page_of[key].key) + f"#q-{key}")


# ---- in several goes ----


def _through(call: Any) -> Any:
    """What tus speaks of, through the door of this form."""

    async def view(request: Request) -> Response:
        guest = guest_of(request)
        if not guest.is_in or guest.state not in ("start", "continue"):
            raise answering.closed(guest.state)  # type: ignore[arg-type]
        if not _questions(guest):
            raise NotFound.because("There is no such question here.")
        actor = sender(guest.actor, guest.form)
        request.state.door = sent_files.door(guest.address / "uploads", actor, _limits(request, guest))
        request.state.workspace_id = guest.form.workspace_id
        response: Response = await call(request)
        return response

    return view


begin, progress, go_on, end = (
    _through(each) for each in (sent_files.begin, sent_files.progress, sent_files.go_on, sent_files.end)
)


# ---- shown ----


async def picture(request: Request) -> Response:
    """A file that was sent to this form, as a small picture."""
    guest, file_id = guest_of(request), query.identifier(request.path_params["file"], "file")
    named = {
        id
        for each in guest.template.elements
        if guest.newest
        for id in files_named(each, guest.newest.answers[each.key].value if each.key in guest.newest.answers else None)
    }
    async with database_of(request).reading(guest.actor.scope) as reading:
        owned = await store.sent_by(reading, guest.form.id, [str(file_id)], guest.member_id)
        found = await files.get(reading, file_id) if guest.is_in and str(file_id) in {*named, *owned} else None
    if found is None:
        raise no_such(file_id)
    return await sent_files.thumbnail(request, found)
