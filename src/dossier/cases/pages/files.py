"""The files of a case on its page: sent, called otherwise, another in the place of one, taken off, let through, looked at."""

from collections.abc import Collection, Sequence
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import files
from dossier.cases.actions import KEEPING, filing
from dossier.cases.model import Case
from dossier.cases.model.files import files_of
from dossier.cases.pages.lists import LIST
from dossier.files.model import Change, clean_name, no_such
from dossier.files.pages import ShownFile, keep_sent, shown_file, viewed
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.services import Services
from dossier.listing import keyset
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

MOST_TOGETHER = 100  # files that are given at once


async def files_shown(services: Services, reading: ReadSession, case: Case) -> list[ShownFile]:
    """The files that a case shows, the newest first."""
    ids = _ids(case)
    found = await keyset.find_all(reading, files.COLLECTION, files.ROWS, ids) if ids else []
    names = {field.key: field.name for field in case.fields()}
    newest = sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)
    return [
        shown_file(
            services,
            each,
            LIST / case.id / "files" / each.id,
            [names[key] for key in files_of(case, str(each.id))],
        )
        for each in newest
    ]


def together(case: Case, shown: Sequence[ShownFile]) -> str:
    """Where all files that are given can be had at once, as what `as` says behind it; nothing of fewer than two."""
    ids = [str(each.file.id) for each in shown if each.content][:MOST_TOGETHER]
    asked = urlencode({"ids": ",".join(ids), "filename": (case.reference or case.title)[:100]})
    return f"{addresses.FILES / 'together'}?{asked}&as=" if len(ids) > 1 else ""


def _ids(case: Case) -> Collection[UUID]:
    named = {id for field in case.fields() for id in field.files(case.data.get(field.key))}
    return [UUID(id) for id in named | {*case.put_on}]


async def add(request: Request) -> Response:
    """Keep a file that is sent as a form, and put it on the case."""
    case_id = query.identifier(request.path_params["id"], "id")
    await keep_sent(request, case_id)
    return see_other(LIST / case_id)


async def put(request: Request) -> Response:
    """Put a file that was sent already into a field (`field`), or in the place of another one (`replaces`)."""
    case_id, sent = query.identifier(request.path_params["id"], "id"), form(request)
    file_id, key = query.identifier(sent.get("attachment", ""), "attachment"), sent.get("field", "")
    replaced = query.identifier(sent["replaces"], "replaces") if sent.get("replaces") else None

    async def handle(transaction: Transaction) -> None:
        if replaced:
            await filing.exchange(transaction, case_id, replaced, file_id)
        else:
            await filing.add_to_field(transaction, case_id, key, file_id)

    await database_of(request).write(current_user(request).actor, handle)
    return see_other(LIST / case_id)


async def rename(request: Request) -> Response:
    case_id, file_id = _asked(request)
    asked = Change(name=clean_name(form(request).get("name", "")))
    await database_of(request).write(current_user(request).actor, lambda tx: files.change(tx, file_id, None, asked))
    return see_other(LIST / case_id)


async def take_off(request: Request) -> Response:
    case_id, file_id = _asked(request)
    work = lambda tx: filing.take_off(tx, case_id, file_id)  # noqa: E731
    await database_of(request).write(current_user(request).actor, work)
    return see_other(LIST / case_id)


async def release(request: Request) -> Response:
    """Let a file through that no virus scanner could look at."""
    case_id, file_id = _asked(request)
    await database_of(request).write(current_user(request).actor, lambda tx: files.release(tx, file_id))
    return see_other(LIST / case_id)


async def view(request: Request) -> Response:
    """One file, among the others of the case."""
    case_id, file_id = _asked(request)
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        case = await KEEPING.get(reading, case_id)
        shown = await files_shown(services_of(request), reading, case)
    at = next((at for at, each in enumerate(shown) if each.file.id == file_id), None)
    if at is None:
        raise no_such(file_id)
    return render(request, "files/viewer.html", viewed=viewed(shown, at, LIST / case_id))


def _asked(request: Request) -> tuple[UUID, UUID]:
    parts = request.path_params
    return query.identifier(parts["id"], "id"), query.identifier(parts["file"], "file")


PAGES = (
    PageRoute("POST", LIST + "/{id}/files", add, "files.upload", streams=True),
    PageRoute("GET", LIST + "/{id}/files/{file}", view),
    PageRoute("POST", LIST + "/{id}/files/put", put, "files.upload"),
    PageRoute("POST", LIST + "/{id}/files/{file}/name", rename, "files.change"),
    PageRoute("POST", LIST + "/{id}/files/{file}/off", take_off),
    PageRoute("POST", LIST + "/{id}/files/{file}/release", release, "files.release"),
)
