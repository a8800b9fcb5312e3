"""tus 1.0.0 as requests and answers have it, through whichever door: creation, expiration, termination."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import partial, wraps
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.files import actions
from dossier.files.actions import Received, Told
from dossier.files.actions.resuming import Turn
from dossier.files.model import SCOPES, Progress, Upload, clean_name, empty_file
from dossier.files.model.upload import overtaken, read_metadata, wrong_offset
from dossier.files.routes.arriving import note_type, one_more
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, PreconditionFailed, Problem, Unavailable, UnsupportedMediaType
from dossier.foundation.http import query
from dossier.foundation.http.arriving import Ending, arriving, raise_if_larger
from dossier.foundation.http.body import STRICT, ignore, is_strict, note, raise_if_compressed, raise_if_strict, warnings
from dossier.foundation.http.middleware import TUS
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import write_once
from dossier.foundation.services import FileLimits, Pace, Services

VERSION = TUS
PIECE = "application/offset+octet-stream"
_MAX_DIGITS = 18

View = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Door:
    """Where uploads are begun, where what became of them is found (for programs), and who comes in by it."""

    address: str
    attachments: str | None
    actor: Callable[[Request], Actor]
    limits: FileLimits | None = None  # where others hold than elsewhere
    understood: frozenset[str] = frozenset({"filename", "filetype", "scope", "case"})
    """What may be said of a file."""

    def services(self, request: Request) -> Services:
        """With the limits that hold for who comes in by it."""
        services = services_of(request)
        return replace(services, file_limits=self.limits) if self.limits else services


def spoken(view: View) -> View:
    """With the version in whatever is answered; 412 for who speaks another."""

    @wraps(view)
    async def speak(request: Request) -> Response:
        said = {"Tus-Resumable": VERSION}
        try:
            _raise_if_other(request)
            query.raise_if_conditional(request)
            response = await view(request)
        except AppError as refusal:
            refusal.headers = {**refusal.headers, **said}
            raise
        response.headers.update({**said, **warnings(request), **(STRICT if is_strict(request) else {})})
        return response

    return speak


def _raise_if_other(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        sentence = "Speak tus: send Tus-Resumable: {version}."
        problem = Problem(sentence, "tus_version", parameter="Tus-Resumable", version=VERSION)
        raise PreconditionFailed((problem,), {"Tus-Version": VERSION})


async def describe(request: Request) -> Response:
    """What is spoken here, to whoever asks."""
    most = services_of(request).file_limits.most
    said = {"Tus-Version": VERSION, "Tus-Extension": "creation,expiration,termination", "Tus-Max-Size": str(most)}
    return Response(None, 204, {"Tus-Resumable": VERSION, "Allow": "OPTIONS, POST", **said})


async def begin(request: Request, door: Door, workspace_id: UUID) -> Response:
    """An upload is announced; no byte of it comes with that."""
    raise_if_larger(request, 0)
    size, metadata = _number(request, "Upload-Length"), request.headers.get("upload-metadata", "")
    if not size:
        raise empty_file(parameter="Upload-Length")
    told = _told(request, read_metadata(metadata), door.understood)
    request.state.body = f"{size}\n{metadata}".encode()

    async def handle(transaction: Transaction) -> ApiResponse:
        limits = door.services(request).file_limits
        upload = await actions.begin(transaction, workspace_id, told, metadata, size, limits)
        headers = {"Location": f"{door.address}/{upload.id}", "Upload-Expires": _expires(upload)}
        return ApiResponse(None, 201, headers, about=upload.id)

    return await write_once(request, door.actor(request), handle)


async def progress(request: Request, door: Door) -> Response:
    """How far it is. One of which all is there becomes an attachment now, which may take long."""
    request.state.deadline.met()
    found = await actions.progress(door.services(request), door.actor(request), _id(request))
    headers = {"Upload-Offset": str(found.offset), "Upload-Length": str(found.size), "Cache-Control": "no-store"}
    if found.upload:
        headers |= {"Upload-Expires": _expires(found.upload)}
        headers |= {"Upload-Metadata": found.upload.metadata} if found.upload.metadata else {}
    return Response(None, 200, headers)


async def go_on(request: Request, door: Door) -> Response:
    """More bytes. Those that came are kept however it ends; the last one makes an attachment."""
    offset, services, actor = _checked(request), door.services(request), door.actor(request)
    actor.require("files.upload")
    with one_more(services, actor):
        found = await actions.going_on(services, actor, _id(request))
        if isinstance(found, Progress):
            _raise_if_wrong(offset, found.offset)
            await _raise_if_more(request, services.file_limits.pace)
            return _whole(request, door, found)
        async with actions.turn(services, actor, found) as turn:
            _raise_if_wrong(offset, turn.offset)
            await _take(request, turn)
            if turn.is_whole:
                return _whole(request, door, await actions.finish(turn, partial(_look, request)))
            return Response(None, 204, {"Upload-Offset": str(turn.offset), "Upload-Expires": _expires(turn.upload)})


async def end(request: Request, door: Door) -> Response:
    """Nothing of it stays."""
    await actions.end(services_of(request), door.actor(request), _id(request))
    return Response(None, 204)


def _look(request: Request, received: Received) -> None:
    note_type(request, received)
    raise_if_strict(request)


async def _raise_if_more(request: Request, pace: Pace) -> None:
    """413 for any byte behind the last one."""
    async for _piece in arriving(request, 0, pace):
        continue


async def _take(request: Request, turn: Turn) -> None:
    left, pace = turn.upload.size - turn.offset, turn.services.file_limits.pace
    async with _ended_with(turn) as ending:
        try:
            async for piece in arriving(request, left, pace, ending):
                await turn.take(piece)
        finally:
            await turn.keep()


@asynccontextmanager
async def _ended_with(turn: Turn) -> AsyncIterator[Ending]:
    """What ends the body when the turn is over."""
    ending = Ending()

    async def watch() -> None:
        await turn.over()
        ending.now(_stopping() if turn.services.process.feed.ending else overtaken())

    watching = asyncio.create_task(watch())
    try:
        yield ending
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def _stopping() -> AppError:
    problem = Problem("The server stops; go on in a moment.", Unavailable.code)
    return Unavailable((problem,), {"Retry-After": "1", "Connection": "close"})


def _checked(request: Request) -> int:
    """The offset of a piece."""
    raise_if_compressed(request.headers.get("content-encoding", ""))
    if request.headers.get("content-type", "").strip().lower() != PIECE:
        sentence = "Send Content-Type: {type}."
        raise UnsupportedMediaType.because(sentence, parameter="Content-Type", type=PIECE)
    return _number(request, "Upload-Offset")


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        sentence = "“{name}” must be a whole number of bytes."
        raise Invalid.because(sentence, "invalid_header", parameter=name, name=name)
    return int(text)


def _told(request: Request, said: Mapping[str, str], understood: frozenset[str]) -> Told:
    ignore(request, (name for name in said if name not in understood))
    metadata = {name: text for name, text in said.items() if name in understood}
    if "filename" not in metadata:
        sentence = "Upload-Metadata must say the filename."
        raise Invalid.because(sentence, "missing_member", parameter="Upload-Metadata")
    name = clean_name(metadata["filename"], "/filename")
    if name != metadata["filename"]:
        note(request, "the name was cleaned", "/filename")
    scope = metadata.get("scope", "restricted")
    if scope not in SCOPES:
        raise Invalid.because("“{field}” must be one of {options}.", pointer="/scope", field="scope", options=SCOPES)
    type = metadata.get("filetype", "").replace("\0", "")[:255]
    case = query.body_identifier(metadata["case"], "case") if metadata.get("case") else None
    return Told(name, type, "public" if scope == "public" else "restricted", case)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _expires(upload: Upload) -> str:
    return format_datetime(upload.goes_at, usegmt=True)


def _raise_if_wrong(said: int, offset: int) -> None:
    if said != offset:
        raise wrong_offset(offset)


def _whole(request: Request, door: Door, found: Progress) -> Response:
    where = {"Content-Location": f"{door.attachments}/{_id(request)}"} if door.attachments else {}
    return Response(None, 204, {"Upload-Offset": str(found.offset), **where})
