"""Addresses that are kept for clients that know them: what they say beside their answer (RFC 9745, RFC 8288)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import AppError

Route = Callable[[Request], Awaitable[Response]]


def deprecated(since: datetime, successor: str) -> Callable[[Route], Route]:
    """Say on every answer of a route, also where it refuses, since when it is deprecated, and what came after it.

    `successor`: a path with the parts of the address in braces, such as `/v1/form_templates/{slug}/steps`.
    """

    def wrapped(route: Route) -> Route:
        @wraps(route)
        async def answering(request: Request) -> Response:
            parts = {name: quote(str(part), safe="") for name, part in request.path_params.items()}
            link = f'<{successor.format(**parts)}>; rel="successor-version"'
            said = {"Deprecation": f"@{int(since.timestamp())}", "Link": link}
            try:
                response = await route(request)
            except AppError as refusal:
                refusal.headers = {**refusal.headers, **said}
                raise
            response.headers["Deprecation"] = said["Deprecation"]
            links = (response.headers.get("link"), link)
            response.headers["Link"] = ", ".join(each for each in links if each)
            return response

        return answering

    return wrapped
