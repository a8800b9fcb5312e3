"""Messages over HTTP: listed, read, called off, sent again. Writing one begins where it is about something: at a case."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.http import openapi, query
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import changed
from dossier.listing.filtering import UUID_TEXT, Direct, Filters
from dossier.listing.list_routes import ListRoutes, pages_of
from dossier.messages import actions, schemas
from dossier.messages.model import CHANNELS, DIRECTIONS, STATUSES, TRANSPORTS, VOCABULARY, Message, no_such
from dossier.messages.store.rows import COLLECTION, ROWS, WHOLE

router = Router()

MESSAGE_ID = openapi.path("id", "the message")


def _one_of(*options: str) -> Any:
    return {"type": "string", "enum": list(options)}


_FILTERS = Filters(
    VOCABULARY,
    {
        "case[id]": Direct("case.id", UUID_TEXT),
        "status": Direct("status", _one_of(*STATUSES)),
        "channel": Direct("channel", _one_of(*CHANNELS)),
        "direction": Direct("direction", _one_of(*DIRECTIONS)),
        "transport": Direct("transport", _one_of(*TRANSPORTS)),
        "to": Direct("to"),
        "step": Direct("step"),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
    },
    archives=False,
)

_LIST = ListRoutes("/messages", COLLECTION, _FILTERS, pages_of(COLLECTION, ROWS), lambda _request: schemas.row)
_LIST.add(
    router,
    ("listMessages", "A page of messages, newest first"),
    ("countMessages", "How many messages there are"),
    schemas.MessagePage,
)


def answer(message: Message, status: int = 200) -> ApiResponse:
    """A message in full."""
    return ApiResponse(schemas.whole(message), status, {"ETag": f'"{message.version}"'}, about=message.id)


_ONE = ListRoutes("/messages", COLLECTION, _FILTERS, pages_of(COLLECTION, WHOLE), lambda _request: schemas.whole)
_ONE.one(
    router,
    MESSAGE_ID,
    ("getMessage", "A message in full, with each attempt to send it"),
    schemas.SentMessage,
    WHOLE,
    no_such,
    lambda message: (message.version, str(message.version)),
)


def _documented(operation: str, summary: str) -> dict[str, Any]:
    parameters = (MESSAGE_ID, *openapi.WRITE, openapi.IF_MATCH)
    return openapi.documented(operation, summary, parameters=parameters, gives=schemas.SentMessage)


@router.post(
    "/messages/{id}/retry",
    **_documented("retryMessage", "Send a message again that failed, came back or was cancelled"),
)
async def retry_message(request: Request) -> Response:
    return await changed(request, actions.retry, answer, query.if_match_any)


@router.post("/messages/{id}/cancel", **_documented("cancelMessage", "Do not send a message that waits"))
async def cancel_message(request: Request) -> Response:
    return await changed(request, actions.cancel, answer, query.if_match_any)
