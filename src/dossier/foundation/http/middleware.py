"""What every request passes: its id, who calls, the last net under errors, headers, metrics, one log line."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from psycopg import errors as postgres
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dossier.foundation.actor import Actor
from dossier.foundation.claims import Claim
from dossier.foundation.database import Database, is_lost
from dossier.foundation.errors import AppError, Forbidden, MethodNotAllowed, NoSpace, NotFound, Problem, Unavailable
from dossier.foundation.http.claims import claim_of, prove
from dossier.foundation.http.deadline import Deadline
from dossier.foundation.http.deprecated import mark_refusal
from dossier.foundation.http.responses import error_response
from dossier.foundation.identifiers import new_id
from dossier.foundation.metrics import request_seconds
from dossier.foundation.services import Services
from dossier.foundation.whence import Whence, whence

log = structlog.get_logger()


class Authenticator(Protocol):
    """Knows the caller by the Authorization header."""

    async def __call__(self, authorization: str | None, /) -> Any:
        """The caller; raises Unauthenticated."""

    def claim(self, authorization: str | None, /) -> Claim | None:
        """Who the caller claims to be, where that is known without asking."""


NoteRefused = Callable[[Database, Actor, str], Awaitable[None]]
"""Writes down, in a transaction of its own, what somebody was refused."""

PageOf = Callable[[AppError], ASGIApp]
"""What a browser is shown of an error that no page answers."""

T = TypeVar("T")
RawHeaders = list[tuple[bytes, bytes]]

_SAFE = ("GET", "HEAD")
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
GUARDS = (  # on every answer, as they are sent, so that no answer makes them anew
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_HTTPS_GUARDS = (*GUARDS, (b"strict-transport-security", b"max-age=31536000"))
_GUARDED = {name for name, _ in _HTTPS_GUARDS}
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, X-Request-Id"
    ", Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset"
)
_EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Link, Preference-Applied, RateLimit, Retry-After, Warning, X-Request-Id"
    ", Content-Location, Location, Tus-Resumable, Upload-Expires, Upload-Length, Upload-Offset"
)


TUS = "1.0.0"
"""The version of tus that is spoken: it stands in every answer to who speaks it, also where no route was reached."""


class InternalError(AppError):
    """500: ours to explain; never more than this is said."""

    status = AppError.status.INTERNAL_SERVER_ERROR
    code = "internal_error"


@dataclass(frozen=True)
class Endpoint:
    """A function from request to response, as the application of a route: nothing lies between it and the gate."""

    function: Callable[[Request], Awaitable[Response]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await once_more(scope["method"], lambda: self.function(Request(scope, receive)))
        await response(scope, receive, send)


async def once_more(method: str, work: Callable[[], Awaitable[T]]) -> T:
    """What reads is done again, once, when its connection to the database turns out to be dead; what writes never is."""
    try:
        return await work()
    except postgres.OperationalError as error:
        if not is_lost(error) or method not in _SAFE:
            raise
        return await work()


@dataclass(frozen=True)
class Middleware:
    """The outermost layer: only the application's router lies behind it, and it sees every error first.

    `protects` says which requests need a token; `authenticate` knows who it is; `proves` says which addresses prove that
    themselves; `note_refused` writes down who was refused what;
    `page_of` is what a browser sees of an error outside the API.
    """

    app: Starlette
    authenticate: Authenticator
    protects: Callable[[Scope], bool]
    proves: Callable[[str, str], bool]
    note_refused: NoteRefused
    page_of: PageOf
    services: Services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self.app
        if scope["type"] != "http":
            await self.app.router(scope, receive, send)
            return
        passage = _Exchange(scope, Headers(scope=scope), receive, send, self)
        scope.setdefault("state", {}).update(
            request_id=passage.id, deadline=passage.deadline, authenticate=self.authenticate
        )
        client = (scope.get("client") or ("",))[0]
        self.services.process.proxies.look(client, passage.headers.get("x-forwarded-for"))
        whence.set(Whence(passage.id, client))
        try:
            if scope["method"] == "OPTIONS":
                answer: ASGIApp = self.app.router if "OPTIONS" in _allowed(scope) else _options(scope)
                await answer(scope, receive, passage.send)
                return
            await once_more("GET", lambda: self._admit(scope, passage.headers))
            await self.app.router(scope, passage.receive, passage.send)
        except asyncio.CancelledError:
            if not passage.deadline.passed:
                raise
            await passage.deadline.answered()
        except Exception as error:  # noqa: BLE001 - the last net: whatever it is, the client gets an answer
            await self._refuse(passage, _as_refusal(await _blamed(scope, error), passage))
        finally:
            passage.note()

    async def _refuse(self, passage: "_Exchange", refusal: AppError) -> None:
        caller = passage.scope.get("state", {}).get("caller")
        if refusal.status == Forbidden.status and caller:
            with suppress(postgres.Error, PoolTimeout):  # the refusal stands, whether or not it can be written down
                await self.note_refused(
                    self.services.database, caller.actor, f"{passage.scope['method']} {passage.route}"
                )
        await passage.refuse(refusal)

    async def _admit(self, scope: Scope, headers: Headers) -> None:
        if self.protects(scope):
            state, token = scope["state"], headers.get("authorization")
            if self.proves(scope["method"], scope["path"]) and (claim := self.authenticate.claim(token)):
                state["claim"], state["caller"] = claim, claim.caller
            else:
                state["caller"] = await self.authenticate(token)
            self.services.rate_limit.count(state["caller"].actor.id)


async def _blamed(scope: Scope, error: Exception) -> Exception:
    """What the request fails of: first of all, that nobody knows who calls."""
    try:
        await prove(scope)
    except Exception as unproved:  # noqa: BLE001 - answered instead
        return unproved
    return error


class _Exchange:
    """One request on its way through the gate."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive, send: Send, within: Middleware) -> None:
        self.scope, self.services, self.page_of = scope, within.services, within.page_of
        self.headers = headers
        self.id = self._request_id()
        self.status = 0
        self.deadline = Deadline(self.services.request_seconds, self._answer_late)
        self._receive, self._send = receive, send
        self._start = time.perf_counter()
        self.services.process.gaps.began(self)

    def _request_id(self) -> str:
        asked = self.headers.get("x-request-id", "")
        return asked if _SANE_ID.fullmatch(asked) else str(new_id())

    @property
    def route(self) -> str:
        return getattr(self.scope.get("route"), "path_format", "-")

    async def receive(self) -> Message:
        message = await self._receive()
        self.deadline.again()
        return message

    async def send(self, message: Message) -> None:
        if not self.deadline.passed:
            await self._send_on(message)

    async def _answer_late(self) -> None:
        log.error("request took too long", id=self.id)
        if not self.status:
            late = _too_late(self.scope["method"])
            await error_response(late, self.headers.get("accept", ""))(self.scope, self._receive, self._send_on)

    async def _send_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self.deadline.passed or not claim_of(self.scope), "nothing is answered before it is known who calls"
            self.deadline.met()
            self.status = message["status"]
            message["headers"] = [*self._guarded(message["headers"]), (b"x-request-id", self.id.encode())]
            if self.status >= 400:
                mark_refusal(self.scope, MutableHeaders(scope=message))
                if "tus-resumable" in self.headers:
                    MutableHeaders(scope=message).setdefault("Tus-Resumable", TUS)
            if self.services.process.draining:
                MutableHeaders(scope=message)["Connection"] = "close"  # the next request shall go to another server
            if self.services.cors_origins:
                self._allow_origin(MutableHeaders(scope=message))
        await self._send(message)

    def _guarded(self, headers: RawHeaders) -> RawHeaders:
        """With every guard that the answer does not set itself."""
        guards = _HTTPS_GUARDS if self.scope["scheme"] == "https" else GUARDS
        present = {name for name, _ in headers}
        if _GUARDED.isdisjoint(present):
            return [*headers, *guards]
        return [*headers, *(each for each in guards if each[0] not in present)]

    def _allow_origin(self, headers: MutableHeaders) -> None:
        """Let a page of another origin read the API, if the operator named it (Fetch standard, CORS protocol)."""
        origin = self.headers.get("origin")
        if origin is None or origin not in self.services.cors_origins or not _is_api(self.scope["path"]):
            return
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers.add_vary_header("Origin")
        if self.scope["method"] == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = headers["Allow"]
            headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
            headers["Access-Control-Max-Age"] = "600"

    async def refuse(self, refusal: AppError) -> None:
        if not self.status:
            await self._response_to(refusal)(self.scope, self._receive, self.send)

    def _response_to(self, refusal: AppError) -> ASGIApp:
        accept = self.headers.get("accept", "")
        for_people = "text/html" in accept and not _is_api(self.scope["path"])
        return self.page_of(refusal) if for_people else error_response(refusal, accept)

    def note(self) -> None:
        self.deadline.forget()
        self.services.process.gaps.ended(self)
        seconds = time.perf_counter() - self._start
        request_seconds(self.scope["method"], self.route, self.status).observe(seconds)
        if self.status < InternalError.status and not self.services.log_requests:
            return
        log.info(
            "request",
            id=self.id,
            method=self.scope["method"],
            route=self.route,
            status=self.status,
            ms=round(seconds * 1000, 1),
        )


def _too_late(method: str) -> AppError:
    """What was under way is undone, unless the database was just keeping it: nobody knows, and so it is said."""
    detail = (
        "The answer took too long and was given up."
        if method in _SAFE
        else "The answer took too long and was given up. Whether it was kept is not known: look, or repeat it with its Idempotency-Key."
    )
    return Unavailable((Problem(detail, "deadline"),), {"Retry-After": "5", "Connection": "close"})


def _is_api(path: str) -> bool:
    return path.startswith("/v1/")


def _options(scope: Scope) -> Response:
    """What can be done at an address, for whoever asks: no token is needed to learn what the reference says anyway."""
    allowed = _allowed(scope)
    if not allowed:
        raise _nothing_here()
    return Response(status_code=204, headers={"Allow": ", ".join(sorted({*allowed, "OPTIONS"}))})


def _nothing_here() -> AppError:
    return NotFound.because("There is nothing at this address; /docs shows what there is.")


def _as_refusal(error: Exception, passage: _Exchange) -> AppError:
    if isinstance(error, AppError):
        return error
    if isinstance(error, HTTPException):
        return _not_routed(error, passage.scope)
    if isinstance(error, postgres.DataError) and "\0" in passage.scope["path"]:  # no text that a database takes
        return _nothing_here()
    return unexpected(error, passage.id)


def unexpected(error: Exception, request_id: str) -> AppError:
    """What a client is told of an error that nobody foresaw; the log has the rest."""
    log.error("request failed", id=request_id, exc_info=error)
    if isinstance(error, postgres.DiskFull):
        return NoSpace.because("There is no space left for what is written; nothing was kept. Tell your administrator.")
    if isinstance(error, PoolTimeout | postgres.OperationalError):
        problem = Problem("The database is busy or not there; try again in a moment.", Unavailable.code)
        return Unavailable((problem,), {"Retry-After": "1"})
    return InternalError.because(
        "Something went wrong here. Tell your administrator the request id {id}.", id=request_id
    )


def _not_routed(error: HTTPException, scope: Scope) -> AppError:
    if error.status_code != MethodNotAllowed.status:
        return _nothing_here()
    problem = Problem("{method} is not possible here.", MethodNotAllowed.code, method=scope["method"])
    return MethodNotAllowed((problem,), {"Allow": ", ".join(sorted(_allowed(scope)))})


def _allowed(scope: Scope) -> set[str]:
    """Every method that some route takes at this path."""
    routes = [route for route in scope["app"].routes if isinstance(route, Route)]
    return {method for route in routes if route.path_regex.match(scope["path"]) for method in route.methods or ()}
