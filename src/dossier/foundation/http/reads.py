"""Reading for a request: on a connection that cannot write, inside the caller's scope."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.actor import Actor
from dossier.foundation.database import Lane, ReadSession
from dossier.foundation.http.query import not_modified
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of


def caller(request: Request) -> Any:
    """Whoever the gate let in; the domain that authenticates says what it is."""
    return request.state.caller


async def caller_by_now(request: Request) -> Any:
    """Whoever it is by now, for what goes on for long: 401 when the token was revoked meanwhile."""
    request.state.caller = await request.state.authenticate(request.headers.get("authorization"))
    return request.state.caller


def unless_known(request: Request, content: Callable[[], Any], version: int, tag: str | None = None) -> Response:
    """The content with its tag (its version, where none is given); 304 for who has it, 412 for who asks for another version."""
    headers = {"ETag": f'"{tag or version}"'}
    if not_modified(request, version, tag):
        return ApiResponse(None, 304, headers=headers).response()
    return ApiResponse(content(), headers=headers).response()


def read(request: Request, lane: Lane = "plain") -> AbstractAsyncContextManager[ReadSession]:
    """A reading in the caller's scope."""
    actor: Actor = caller(request).actor
    return services_of(request).database.reading(actor.scope, lane)
