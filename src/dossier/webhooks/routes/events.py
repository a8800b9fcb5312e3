"""Events for those who ask: by page, by waiting, and as a stream (server-sent events, WHATWG HTML 9.2)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier.cases.events import CASE
from dossier.foundation import json
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import caller_by_now
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.pubsub import Subscription
from dossier.webhooks import schemas
from dossier.webhooks.actions import feed
from dossier.webhooks.actions.feed import Asked, Told
from dossier.webhooks.model.events import document, unknown_types

router = Router()

MOST_SECONDS = 30  # that somebody may wait
LOOK_EVERY = 10.0  # seconds, also when nobody told of anything
PING_AFTER = 15.0  # seconds of silence on a stream, so that no proxy takes the connection for dead
STREAM = "text/event-stream"
ON_STREAM = 100  # events that are read at a time
_PARAMETERS = ("after", "types", "case[id]", "page[size]", "wait")

_AFTER = openapi.query(
    "after",
    {"type": "string"},
    "behind this cursor, the `next` of an answer; `0`: from the oldest; left out: from now on",
)
_TYPES = openapi.query(
    "types", {"type": "string"}, "only these types and patterns (`case.*`, `*`), with commas between"
)
_CASE = openapi.query("case[id]", {"type": "string", "format": "uuid"}, "only what happened to this case")
_WAIT = openapi.query(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": MOST_SECONDS, "default": 0},
    "seconds until an answer without events; one with events comes as soon as there are some",
)
_LAST_ID = openapi.header("Last-Event-ID", "the cursor of the last event of a stream; it goes before `after`")


@router.get(
    "/events",
    **openapi.documented(
        "listEvents",
        "What happened, the oldest first",
        description=(
            "Go on with `after` = `next`. No event is ever skipped: one is told when everything that was begun before it has ended. "
            "With `Accept: text/event-stream` the same comes as a stream, each event with its cursor as `id`."
        ),
        parameters=(_AFTER, _TYPES, _CASE, openapi.PAGE_SIZE, _WAIT, _LAST_ID),
        gives=schemas.EventPage,
    ),
)
async def list_events(request: Request) -> Response:
    sent = query.parameters(request, _PARAMETERS)
    asked, seconds = _asked(sent), query.whole(sent, "wait", 0, 0, MOST_SECONDS)
    if STREAM in request.headers.get("accept", ""):
        return await _stream(request, _resumed(request, asked))
    told = await _told(request, asked)
    if seconds and not told.events:
        told = await _waited(request, asked, told, seconds)
    return ApiResponse({"data": [document(each) for _, each in told.events], "next": told.next}).response()


def _asked(sent: dict[str, str]) -> Asked:
    types = tuple(dict.fromkeys(sent["types"].split(","))) if "types" in sent else ()
    Invalid.if_any(unknown_types(types, parameter="types"))
    case = query.identifier(sent["case[id]"], "case[id]") if "case[id]" in sent else None
    return Asked(sent.get("after"), types, case, query.whole(sent, "page[size]", 10, 1, query.MAX_PAGE_SIZE))


async def _told(request: Request, asked: Asked) -> Told:
    return await feed.next_events(services_of(request), request.state.caller.actor, asked)


async def _told_by_now(request: Request, asked: Asked, before: Told) -> Told:
    """What comes behind what was told before, to who calls by now: 401 once the token is revoked."""
    await caller_by_now(request)
    return await _told(request, replace(asked, after=before.next))


def _subscribed(request: Request) -> AbstractContextManager[Subscription]:
    """To what happens to cases, with no connection to the database."""
    actor = request.state.caller.actor
    return services_of(request).process.feed.subscribe(CASE, actor.scope.workspaces, actor.id)


async def _waited(request: Request, asked: Asked, told: Told, seconds: float) -> Told:
    """The first events that come within so many seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    with _subscribed(request) as subscription:
        waiting = feed.Waiting(subscription, asked.case)
        while True:
            told = await _told_by_now(request, asked, told)
            left = end - loop.time()
            if told.events or left <= 0 or _is_over(request, subscription):
                return told
            request.state.deadline.again()
            await waiting.for_more(told, min(left, LOOK_EVERY))


def _is_over(request: Request, subscription: Subscription) -> bool:
    """Whether the server stops, or too many wait with the same token."""
    return subscription.ended or services_of(request).process.feed.ending


def _resumed(request: Request, asked: Asked) -> Asked:
    """From the last event that the client of a stream has seen."""
    asked = replace(asked, size=ON_STREAM)
    last = request.headers.get("last-event-id")
    return replace(asked, after=last, after_is="Last-Event-ID") if last else asked


async def _stream(request: Request, asked: Asked) -> Response:
    told = await _told(request, asked)  # what is refused is refused before the stream begins
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=STREAM)
    return StreamingResponse(_events(request, asked, told), headers=headers, media_type=STREAM)


async def _events(request: Request, asked: Asked, told: Told) -> AsyncIterator[str]:
    """Until the client goes, the token is revoked, or the server stops; the client goes on with another stream then."""
    yield f"id: {told.next}\nretry: 2000\n\n" if not told.events else "retry: 2000\n\n" + _blocks(told)
    loop = asyncio.get_running_loop()
    with _subscribed(request) as subscription, suppress(AppError, PostgresError, PoolTimeout):
        waiting, told_at = feed.Waiting(subscription, asked.case), loop.time()
        while not _is_over(request, subscription):
            told = await _told_by_now(request, asked, told)
            if told.events or loop.time() >= told_at + PING_AFTER:
                yield _blocks(told) or f"id: {told.next}\n: still here\n\n"
                told_at = loop.time()
            if told.at_end and not told.events:
                await waiting.for_more(told, max(0.0, told_at + PING_AFTER - loop.time()))


def _blocks(told: Told) -> str:
    return "".join(
        f"id: {cursor}\nevent: {each.type}\ndata: {json.encode(document(each)).decode()}\n\n"
        for cursor, each in told.events
    )
