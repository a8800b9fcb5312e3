"""The files of a thing on its page: sent, called otherwise, another in the place of one, taken off, let through, looked at."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.actions import change, release
from dossier.files.actions.held import HeldFiles
from dossier.files.model import Change, clean_name, no_such
from dossier.files.model.held import H, fields_naming, values_named
from dossier.files.model.together import MOST_FILES
from dossier.files.pages.sending import keep_sent
from dossier.files.pages.shown import ShownFile, shown_file
from dossier.files.pages.viewing import viewed
from dossier.files.store import rows
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.services import Services
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other
from dossier.web.addresses import Address


@dataclass(frozen=True, slots=True)
class FilePages(Generic[H]):
    """The files of things whose pages are under an `address`; `called`: what several of one are called together."""

    files: HeldFiles[H]
    address: Address
    called: Callable[[H], str]

    def pages(self) -> tuple[PageRoute, ...]:
        """What is done with the files of a thing."""
        all, one = self.address + "/{id}/files", self.address + "/{id}/files/{file}"
        return (
            PageRoute("POST", all, self.add, "files.upload", streams=True),
            PageRoute("GET", one, self.view),
            PageRoute("POST", all + "/put", self.put, "files.upload"),
            PageRoute("POST", one + "/name", self.rename, "files.change"),
            PageRoute("POST", one + "/off", self.take_off),
            PageRoute("POST", one + "/release", self.release, "files.release"),
        )

    async def shown(self, services: Services, reading: ReadSession, thing: H) -> list[ShownFile]:
        """The files that a thing shows, the newest first."""
        ids = [UUID(id) for id in {*values_named(thing), *thing.put_on}]
        found = await rows.several(reading, ids) if ids else []
        names = {field.key: field.name for field in thing.fields()}
        return [
            shown_file(
                services,
                each,
                self.address / thing.id / "files" / each.id,
                [names[key] for key in fields_naming(thing, str(each.id))],
            )
            for each in sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)
        ]

    def together(self, thing: H, shown: Sequence[ShownFile]) -> str:
        """Where all files that are given can be had at once, as what `as` says behind it; nothing of fewer than two."""
        ids = [str(each.file.id) for each in shown if each.content][:MOST_FILES]
        asked = urlencode({"ids": ",".join(ids), "filename": self.called(thing)[:100]})
        return f"{addresses.FILES / 'together'}?{asked}&as=" if len(ids) > 1 else ""

    async def add(self, request: Request) -> Response:
        """Keep a file that is sent as a form, and put it on the thing."""
        id = query.identifier(request.path_params["id"], "id")
        await keep_sent(request, id)
        return see_other(self.address / id)

    async def put(self, request: Request) -> Response:
        """Put a file that was sent already into a field (`field`), or in the place of another one (`replaces`)."""
        id, sent = query.identifier(request.path_params["id"], "id"), form(request)
        file_id, key = query.identifier(sent.get("attachment", ""), "attachment"), sent.get("field", "")
        replaced = query.identifier(sent["replaces"], "replaces") if sent.get("replaces") else None
        if replaced:
            return await self._done(request, id, lambda tx: self.files.exchange(tx, id, replaced, file_id))
        return await self._done(request, id, lambda tx: self.files.add_to_field(tx, id, key, file_id))

    async def rename(self, request: Request) -> Response:
        id, file_id = _asked(request)
        asked = Change(name=clean_name(form(request).get("name", "")))
        return await self._done(request, id, lambda tx: change(tx, file_id, None, asked))

    async def take_off(self, request: Request) -> Response:
        id, file_id = _asked(request)
        return await self._done(request, id, lambda tx: self.files.take_off(tx, id, file_id))

    async def release(self, request: Request) -> Response:
        """Let a file through that no virus scanner could look at."""
        id, file_id = _asked(request)
        return await self._done(request, id, lambda tx: release(tx, file_id))

    async def view(self, request: Request) -> Response:
        """One file, among the others of the thing."""
        id, file_id = _asked(request)
        async with database_of(request).reading(current_user(request).actor.scope) as reading:
            shown = await self.shown(services_of(request), reading, await self.files.keeping.get(reading, id))
        at = next((at for at, each in enumerate(shown) if each.file.id == file_id), None)
        if at is None:
            raise no_such(file_id)
        return render(request, "files/viewer.html", viewed=viewed(shown, at, self.address / id))

    async def _done(self, request: Request, id: UUID, act: Callable[[Transaction], Awaitable[Any]]) -> Response:
        """Do something with the files of the thing, and show it again."""
        await database_of(request).write(current_user(request).actor, act)
        return see_other(self.address / id)


def _asked(request: Request) -> tuple[UUID, UUID]:
    parts = request.path_params
    return query.identifier(parts["id"], "id"), query.identifier(parts["file"], "file")
