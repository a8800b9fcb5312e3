"""Changes by others, as they happen: server-sent events (WHATWG HTML, 9.2) to whoever looks at a thing or at the list."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier.foundation.database import Database
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.listing.collection import Collection
from dossier.listing.counting import can_see, version_of
from dossier.records.model import Record, T
from dossier.web import CurrentUser, PageRoute, current_user, database_of

PING_AFTER = 15.0  # seconds of silence, so that no proxy takes the connection for dead
PAUSE_SECONDS = 0.5  # seconds between two events: many changes are one

EventOf = Callable[[CurrentUser, set[UUID]], Awaitable[str]]
"""What a user is sent when these things changed; an empty text: nothing."""
Missed = Callable[[], Awaitable[set[UUID]]]
"""What changed after the page was read and before it listened."""


@dataclass(frozen=True, slots=True)
class LivePages(Generic[T]):
    """What an open page hears: of a kind whose list is at `address`, and of one thing under it."""

    address: str
    record: Record[T]
    kind: Collection

    def pages(self) -> tuple[PageRoute, ...]:
        """The two streams."""
        return (
            PageRoute("GET", self.address + "/live", self.of_list),
            PageRoute("GET", self.address + "/{id}/live", self.of_one),
        )

    async def of_one(self, request: Request) -> Response:
        """`changed` when the thing did, also since the `version` that the page shows; `gone` when the user may not see it any more."""
        id, database = query.identifier(request.path_params["id"], "id"), database_of(request)
        shown = query.version_seen(dict(request.query_params))
        if not await self._can_see(database, current_user(request), {id}):
            raise self.record.no_such(id)

        async def event(user: CurrentUser, changed: set[UUID]) -> str:
            if id not in changed:
                return ""
            return "changed" if await self._can_see(database, user, {id}) else "gone"

        async def missed() -> set[UUID]:
            async with database.reading(current_user(request).actor.scope) as reading:
                is_news = shown is not None and await version_of(reading, self.kind, id) != shown
            return {id} if is_news else set()

        return self._stream(request, event, missed)

    async def of_list(self, request: Request) -> Response:
        """`changed` when a thing did that the user may see."""
        database = database_of(request)

        async def event(user: CurrentUser, changed: set[UUID]) -> str:
            return "changed" if await self._can_see(database, user, changed) else ""

        return self._stream(request, event, _nothing)

    async def _can_see(self, database: Database, user: CurrentUser, ids: set[UUID]) -> bool:
        async with database.reading(user.actor.scope) as reading:
            return await can_see(reading, self.kind, ids)

    def _stream(self, request: Request, event_of: EventOf, missed: Missed) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        events = _events(request, self.record.name, event_of, missed)
        return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _nothing() -> set[UUID]:
    return set()


async def _events(request: Request, topic: str, event_of: EventOf, missed: Missed) -> AsyncIterator[str]:
    feed = services_of(request).process.feed
    first = current_user(request)
    yield "retry: 2000\n\n"
    with feed.subscribe(topic, (first.workspace_id,), first.actor.id) as subscription:
        changed = await missed()
        while not (feed.ending or subscription.ended):
            changed = changed or await subscription.wait(PING_AFTER, PAUSE_SECONDS)
            user = await request.state.area.authenticate(request)  # the session may have ended, the role changed
            if user is None or user.workspace_id != first.workspace_id:
                return
            event = await event_of(user, changed) if changed else ""
            yield f"event: {event}\ndata:\n\n" if event else ": still here\n\n"
            changed = set()
