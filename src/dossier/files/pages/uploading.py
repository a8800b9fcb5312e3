"""Uploads for members: the same as for programs, called by scripts of the app's pages."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.routes import tus
from dossier.web import Call, addresses, current_user

_DOOR = tus.Door(addresses.UPLOADS, None, lambda request: current_user(request).actor)


@tus.spoken
async def begin(request: Request) -> Response:
    return await tus.begin(request, _DOOR, current_user(request).workspace_id)


@tus.spoken
async def progress(request: Request) -> Response:
    return await tus.progress(request, _DOOR)


@tus.spoken
async def go_on(request: Request) -> Response:
    return await tus.go_on(request, _DOOR)


@tus.spoken
async def end(request: Request) -> Response:
    return await tus.end(request, _DOOR)


_ONE = addresses.UPLOADS + "/{id}"

CALLS = (
    Call("POST", addresses.UPLOADS, begin, "files.upload"),
    Call("HEAD", _ONE, progress, "files.upload"),
    Call("PATCH", _ONE, go_on, "files.upload"),
    Call("DELETE", _ONE, end, "files.upload"),
)
