"""Addresses that are kept for clients that know them: what they say beside their answer (RFC 9745, RFC 8288)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

Handler = Callable[[Request], Awaitable[Response]]
SINCE = datetime(2026, 11, 29, tzinfo=UTC)
"""They were deprecated here from the day on which they came. Since when they are elsewhere nobody says."""
_SUCCESSOR = "successor"


def deprecated(successor: str) -> Callable[[Handler], Handler]:
    """Mark a route as deprecated: every answer says since when, and what came after it, refusals by `mark_refusal`.

    `successor`: a path with the parts of the address in braces, such as `/v1/things/{id}/parts`.
    """

    def wrapped(route: Handler) -> Handler:
        @wraps(route)
        async def answering(request: Request) -> Response:
            response = await route(request)
            _say(response.headers, successor, request.path_params)
            return response

        setattr(answering, _SUCCESSOR, successor)
        return answering

    return wrapped


def mark_refusal(scope: Scope, headers: MutableHeaders) -> None:
    """The same of an answer that no route gave: 401, 405, a refusal, an error."""
    if "deprecation" in headers:
        return
    for route, successor in _deprecated(scope["app"]):
        if found := route.path_regex.match(scope["path"]):
            _say(headers, successor, found.groupdict())
            return


def _say(headers: MutableHeaders, successor: str, params: Mapping[str, Any]) -> None:
    parts = {name: quote(str(part), safe="") for name, part in params.items()}
    link = f'<{successor.format(**parts)}>; rel="successor-version"'
    headers["Deprecation"] = f"@{int(SINCE.timestamp())}"
    headers["Link"] = ", ".join(each for each in (headers.get("link"), link) if each)


@lru_cache(maxsize=4)
def _deprecated(app: Starlette) -> list[tuple[Route, str]]:
    """The routes that are deprecated, each with what came after it."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    functions = ((route, getattr(route.endpoint, "function", None)) for route in routes)
    return [(route, successor) for route, each in functions if (successor := getattr(each, _SUCCESSOR, None))]
