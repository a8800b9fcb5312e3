"""What every request passes: its id, who calls, the last net under errors, headers, metrics, one log line."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import errors as postgres
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from dossier.foundation.errors import MethodNotAllowed, NotFound, Problem, Refusal, Unavailable
from dossier.foundation.http.answers import refusal_response
from dossier.foundation.http.limits import RateLimit
from dossier.foundation.identifiers import new_id
from dossier.foundation.metrics import request_seconds

log = structlog.get_logger()

Authenticate = Callable[[str | None], Awaitable[Any]]
"""From the Authorization header to the caller; raises Unauthenticated."""

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class InternalError(Refusal):
    """500: ours to explain; never more than this is said."""

    status = Refusal.status.INTERNAL_SERVER_ERROR
    code = "internal_error"


@dataclass(frozen=True)
class Endpoint:
    """A function from request to response, as the application of a route: nothing lies between it and the gate."""

    function: Callable[[Request], Awaitable[Response]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.function(Request(scope, receive))
        await response(scope, receive, send)


@dataclass(frozen=True)
class Gate:
    """The outermost layer: only the application's router lies behind it, and it sees every error first.

    `protects` says which paths need a token; `authenticate` knows who it is.
    """

    app: Starlette
    authenticate: Authenticate
    protects: Callable[[str], bool]
    rate_limit: RateLimit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self.app
        if scope["type"] != "http":
            await self.app.router(scope, receive, send)
            return
        passage = _Passage(scope, Headers(scope=scope), send)
        scope.setdefault("state", {})["request_id"] = passage.id
        try:
            await self._admit(scope, passage.headers)
            await self.app.router(scope, receive, passage.send)
        except Exception as error:  # noqa: BLE001 - the last net: whatever it is, the client gets an answer
            await passage.refuse(_as_refusal(error, passage), receive)
        finally:
            passage.note()

    async def _admit(self, scope: Scope, headers: Headers) -> None:
        if self.protects(scope["path"]):
            caller = await self.authenticate(headers.get("authorization"))
            scope.setdefault("state", {})["caller"] = caller
            self.rate_limit.count(caller.actor.id)


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, scope: Scope, headers: Headers, send: Send) -> None:
        self.scope = scope
        self.headers = headers
        self.id = self._request_id()
        self.status = 0
        self._send = send
        self._start = time.perf_counter()

    def _request_id(self) -> str:
        asked = self.headers.get("x-request-id", "")
        return asked if _SANE_ID.fullmatch(asked) else str(new_id())

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.id
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, refusal: Refusal, receive: Receive) -> None:
        if not self.status:
            await refusal_response(refusal, self.headers.get("accept", ""))(self.scope, receive, self.send)

    def note(self) -> None:
        seconds = time.perf_counter() - self._start
        route = getattr(self.scope.get("route"), "path_format", "-")
        request_seconds(self.scope["method"], route, self.status).observe(seconds)
        log.info(
            "request",
            id=self.id,
            method=self.scope["method"],
            route=route,
            status=self.status,
            ms=round(seconds * 1000, 1),
        )


def _as_refusal(error: Exception, passage: _Passage) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        return _not_routed(error, passage.scope)
    return unexpected(error, passage.id)


def unexpected(error: Exception, request_id: str) -> Refusal:
    """What a client is told of an error that nobody foresaw; the log has the rest."""
    log.error("request failed", id=request_id, exc_info=error)
    if isinstance(error, PoolTimeout | postgres.OperationalError):
        problem = Problem("The database is busy or not there; try again in a moment.", Unavailable.code)
        return Unavailable((problem,), {"Retry-After": "1"})
    return InternalError.because(f"Something went wrong here. Tell your administrator the request id {request_id}.")


def _not_routed(error: HTTPException, scope: Scope) -> Refusal:
    if error.status_code != MethodNotAllowed.status:
        return NotFound.because("There is nothing at this address; /docs shows what there is.")
    problem = Problem(f"{scope['method']} is not possible here.", MethodNotAllowed.code)
    return MethodNotAllowed((problem,), {"Allow": ", ".join(sorted(_allowed(scope)))})


def _allowed(scope: Scope) -> set[str]:
    """Every method that some route takes at this path."""
    routes = [route for route in scope["app"].routes if isinstance(route, Route)]
    return {method for route in routes if route.path_regex.match(scope["path"]) for method in route.methods or ()}
