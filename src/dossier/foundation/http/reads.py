"""Reading for a request: on a connection that cannot write, inside the caller's scope."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.requests import Request

from dossier.foundation.actor import Actor
from dossier.foundation.database import Lane, ReadSession
from dossier.foundation.http.services import services_of


def caller(request: Request) -> Any:
    """Whoever the gate let in; the domain that authenticates says what it is."""
    return request.state.caller


def read(request: Request, lane: Lane = "plain") -> AbstractAsyncContextManager[ReadSession]:
    """A reading in the caller's scope."""
    actor: Actor = caller(request).actor
    return services_of(request).database.reading(actor.scope, lane)
