"""Changes by others, as they happen: server-sent events (WHATWG HTML, 9.2) to whoever looks at a case or the list."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier.cases import actions
from dossier.cases.events import CASE
from dossier.cases.pages.looking import LIST
from dossier.cases.store import reading as store
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.web import CurrentUser, PageRoute, current_user, database_of

PING_AFTER = 15.0  # seconds of silence, so that no proxy takes the connection for dead
REST = 0.5  # seconds between two events: many changes are one

EventOf = Callable[[CurrentUser, set[UUID]], Awaitable[str]]
"""What a user is sent when these cases changed; an empty text: nothing."""


async def live_case(request: Request) -> Response:
    """`changed` when the case did, `gone` when the user may not see it any more."""
    case_id = query.identifier(request.path_params["id"], "id")
    database = database_of(request)
    async with database.reading(current_user(request).actor.scope) as reading:
        await actions.get_or_404(reading, case_id)

    async def event(user: CurrentUser, changed: set[UUID]) -> str:
        if case_id not in changed:
            return ""
        async with database.reading(user.actor.scope) as reading:
            return "changed" if await store.visible(reading, [case_id]) else "gone"

    return _stream(request, event)


async def live_list(request: Request) -> Response:
    """`changed` when a case did that the user may see."""
    database = database_of(request)

    async def event(user: CurrentUser, changed: set[UUID]) -> str:
        async with database.reading(user.actor.scope) as reading:
            return "changed" if await store.visible(reading, list(changed)) else ""

    return _stream(request, event)


PAGES = (
    PageRoute("GET", LIST + "/live", live_list),
    PageRoute("GET", LIST + "/{id}/live", live_case),
)


def _stream(request: Request, event_of: EventOf) -> Response:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, event_of), headers=headers, media_type="text/event-stream")


async def _events(request: Request, event_of: EventOf) -> AsyncIterator[str]:
    feed = services_of(request).process.feed
    first = current_user(request)
    yield "retry: 2000\n\n"
    with feed.subscribe(CASE, first.workspace_id, first.actor.id) as subscription:
        while not (feed.ending or subscription.ended):
            changed = await subscription.wait(PING_AFTER, REST)
            user = await request.state.area.authenticate(request)  # the session may have ended, the role changed
            if user is None or user.workspace_id != first.workspace_id:
                return
            event = await event_of(user, changed) if changed else ""
            yield f"event: {event}\ndata:\n\n" if event else ": still here\n\n"
