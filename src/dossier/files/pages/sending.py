"""A file that comes as a form of a page, as it comes: for browsers without scripts, and with them until the last piece."""

from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.actions import Received, keep, put, raise_if_full, take_back
from dossier.files.model import File
from dossier.files.routes.arriving import one_more
from dossier.files.routes.receiving import receive
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.http.services import services_of
from dossier.foundation.services import Services
from dossier.foundation.storage import Unfinished
from dossier.web import PageRoute, addresses, current_user, database_of, form, render
from dossier.web.csrf import raise_if_not_ours


async def tray(request: Request) -> Response:
    """What shows the files on their way: asked for when the first of them is sent."""
    return render(request, "files/uploads.html")


PAGES = (PageRoute("GET", addresses.FILES + "/sending", tray),)


async def keep_sent(request: Request, case_id: UUID | None = None) -> File:
    """The file that is sent, put on a case if one is named; the page's route streams. 400, 403, 404, 408, 409, 413, 422, 429, 507."""
    user, services = current_user(request), services_of(request)
    user.actor.require("files.upload")
    with one_more(services, user.actor):
        received = await _received(request, services)
    received = replace(received, told=replace(received.told, case=case_id))

    async def handle(transaction: Transaction) -> File:
        return await keep(transaction, received, services.file_limits)

    try:
        return await database_of(request).write(user.actor, handle)
    except AppError:
        await take_back(services, received)
        raise


async def _received(request: Request, services: Services) -> Received:
    """The content, kept, once it is known that one of our own pages sent it; no row names it yet."""
    user, storage = current_user(request), services.storage
    async with database_of(request).reading(user.actor.scope) as reading:
        await raise_if_full(reading, user.workspace_id, 1, services.file_limits)
    unfinished = await storage.do(lambda: Unfinished(storage.storage.unfinished))
    try:
        told = await receive(request, unfinished, storage, services.file_limits)
        raise_if_not_ours(request, user, form(request))
        return await put(services, user.actor, user.workspace_id, told, unfinished.whole())
    finally:
        await storage.do(unfinished.discard)
