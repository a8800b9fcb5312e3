"""Files of people outside, through whichever link they came: sent as a form or in several goes, and shown as pictures that we made."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.actions import Received, Said, Told, merged, preview, put, raise_if_full, room, take_back
from dossier.files.model import File, clean_name, empty_file, form_is_full
from dossier.files.model.preview import THUMBNAIL
from dossier.files.model.together import AT_ONCE, busy
from dossier.files.routes import tus
from dossier.files.routes.arriving import one_more
from dossier.foundation.actor import Actor
from dossier.foundation.errors import Problem, TooLarge
from dossier.foundation.http.arriving import arriving
from dossier.foundation.http.content import is_known
from dossier.foundation.http.parts import Part, boundary_of, parts
from dossier.foundation.http.services import services_of
from dossier.foundation.services import FileLimits, Services
from dossier.foundation.share import Share
from dossier.foundation.storage import Unfinished, Whole
from dossier.foundation.storage.blocks import Behind

UNHELD_DAYS = 7  # that a file stays which was never handed in
BEGUN = 20  # uploads of one link
_TEXTS = 2 * 1024 * 1024  # bytes of everything beside the files
_FIELDS = 2_000
_PDF = "application/pdf"

Look = Callable[[list[tuple[str, str]]], Awaitable[None]]
"""Looks at the fields that stand before the first file, and may refuse."""


Asked = Callable[[str], bool]
"""Whether a file is asked for under the name of an input; others are not kept."""


async def take_form(
    request: Request, services: Services, actor: Actor, workspace_id: UUID, look: Look, asked: Asked
) -> tuple[list[tuple[str, str]], list[tuple[str, Received]]]:
    """The fields of a form, and its files by their names, whose content is kept and which no row names yet; 400, 403, 408, 413, 422, 429."""
    taking = _Taking(services, actor, workspace_id, look, asked)
    pieces = arriving(request, services.file_limits.most + _TEXTS, services.file_limits.pace)
    try:
        with one_more(services, actor):
            async for event in parts(pieces, boundary_of(request.headers["content-type"]), _FIELDS):
                await taking.take(event)
            await taking.end()
        await look(taking.fields)
    except BaseException:
        await taking.give_up()
        raise
    return taking.fields, taking.files


class _Taking:
    """A form on its way in, part by part."""

    def __init__(self, services: Services, actor: Actor, workspace_id: UUID, look: Look, asked: Asked) -> None:
        self.services, self.actor, self.workspace_id, self.look, self.asked = services, actor, workspace_id, look, asked
        self.fields: list[tuple[str, str]] = []
        self.files: list[tuple[str, Received]] = []
        self._part: Part | None = None
        self._text = bytearray()
        self._size = 0
        self._unfinished: Unfinished | None = None
        self._behind: Behind | None = None
        self._room: Share | None = None

    async def take(self, event: Part | bytes) -> None:
        if isinstance(event, Part):
            await self.end()
            self._part, self._text = event, bytearray()
            return
        if self._part and self._part.filename:
            if self.asked(self._part.name):
                await self._add(event)
        else:
            self._size += len(event)
            if self._size > _TEXTS:
                raise TooLarge((Problem("The body is larger than {count} bytes; send less at once.", count=_TEXTS),))
            self._text += event

    async def _add(self, data: bytes) -> None:
        storage = self.services.storage
        if self._behind is None:
            await self.look(self.fields)
            async with self.services.database.reading(self.actor.scope) as reading:
                await raise_if_full(reading, self.workspace_id, 1, self.services.file_limits)
                self._room = await room(reading, self.actor, self.workspace_id, self.services.file_limits)
            self._raise_if_over(1)
            self._unfinished = await storage.do(lambda: Unfinished(storage.storage.unfinished))
            self._behind = Behind(storage, self._unfinished.put, self._unfinished.hash, self._unfinished.begin)
        most = self.services.file_limits.most
        if self._behind.size + len(data) > most:
            raise TooLarge((Problem("A file has {count} bytes at most.", TooLarge.code, count=most),))
        self._raise_if_over(len(data))
        await self._behind.take(data)

    def _raise_if_over(self, more: int) -> None:
        """413 where more has come than the form still takes, what came before it in this request among it."""
        share, left = self.services.file_limits.share, self._room
        here = sum(each.size for _, each in self.files) + (self._behind.size if self._behind else 0)
        if share and left and (here + more > left.bytes or len(self.files) >= left.files):
            raise form_is_full(share)

    async def end(self) -> None:
        """The part that was on its way is whole."""
        part, self._part = self._part, None
        if part and not part.filename:
            self.fields.append((part.name, self._text.decode(errors="replace").replace("\0", "")))
        elif part and self._unfinished and self._behind:
            await self._behind.all()
            self.files.append((part.name, await self._kept(part, self._unfinished)))
            self._unfinished = self._behind = None
        elif part and self.asked(part.name):
            raise empty_file()

    async def give_up(self) -> None:
        """Nothing of it stays."""
        if self._unfinished:
            await self.services.storage.do(self._unfinished.discard)
        for _, received in self.files:
            await take_back(self.services, received)

    async def _kept(self, part: Part, unfinished: Unfinished) -> Received:
        storage = self.services.storage
        try:
            told = Told(clean_name(part.filename or ""), part.type, "restricted")
            return await put(self.services, self.actor, self.workspace_id, told, unfinished.whole())
        finally:
            await storage.do(unfinished.discard)


# ---- several pictures as one PDF ----


async def joined(
    services: Services, actor: Actor, workspace_id: UUID, pictures: Sequence[File], name: str, said: Said
) -> Received:
    """Pictures as one PDF, a page each, in order: its content is kept, and no row names it yet; 409, 410, 413, 422, 429, 504, 507."""
    async with services.database.reading(actor.scope) as reading:
        await raise_if_full(reading, workspace_id, 1, services.file_limits)
        left = await room(reading, actor, workspace_id, services.file_limits)
    if left and min(left.bytes, left.files) < 1:
        raise form_is_full(services.file_limits.share or left)
    with ExitStack() as stack:
        if not stack.enter_context(services.storage.merging.one(workspace_id, AT_ONCE)):
            raise busy()
        async with merged(services, pictures, said, strict=True) as made:
            whole = Whole(made.file, made.size, await services.storage.do(_digest, made.file))
            return await put(services, actor, workspace_id, Told(clean_name(name), _PDF, "restricted"), whole)


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


# ---- in several goes ----


def door(address: str, actor: Actor, limits: FileLimits) -> tus.Door:
    """Where somebody's uploads are begun: of a file they say its name and its type, and nothing of who else has it."""
    return tus.Door(address, None, lambda _request: actor, limits, frozenset({"filename", "filetype"}))


@tus.spoken
async def begin(request: Request) -> Response:
    """An upload is announced; `request.state.door` and `.workspace_id` say whose."""
    return await tus.begin(request, request.state.door, request.state.workspace_id)


@tus.spoken
async def progress(request: Request) -> Response:
    return await tus.progress(request, request.state.door)


@tus.spoken
async def go_on(request: Request) -> Response:
    return await tus.go_on(request, request.state.door)


@tus.spoken
async def end(request: Request) -> Response:
    return await tus.end(request, request.state.door)


# ---- shown ----


async def thumbnail(request: Request, file: File) -> Response:
    """The first page, small: a picture of ours, in which nothing says where or by whom a photograph was taken."""
    tag, content = await preview(services_of(request), file, 1, THUMBNAIL)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_known(request, tag):
        return Response(None, 304, headers)
    return Response(content, 200, headers, "image/webp")


def limits(services: Services, largest: int | None, share: Share | None = None) -> FileLimits:
    """What holds for people outside: what was never handed in goes sooner, no file is larger than somebody asked for (None: any), all of
    them together are no more than their `share`, and a tenth of the workspace's room is left to who works there.
    """
    whole = services.file_limits
    return replace(
        whole,
        unheld_days=UNHELD_DAYS,
        begun=min(whole.begun, BEGUN),
        most=min(whole.most, largest or whole.most),
        share=share,
        quota=whole.quota - (whole.quota // 10 if share else 0),
    )
