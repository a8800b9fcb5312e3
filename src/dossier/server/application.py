"""The ASGI application: every address of the tables, and what runs beside the requests."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from dossier import __version__
from dossier.app import JOBS, NAVIGATION, PAGES, ROUTERS
from dossier.audit import record_refused
from dossier.cases.events import CASE
from dossier.cases.schemas import full
from dossier.forms.pages import filler_of
from dossier.forms.portal import nobody, visitor_of
from dossier.foundation import jobs
from dossier.foundation.http import openapi
from dossier.foundation.http.health import router as health
from dossier.foundation.http.middleware import Endpoint, Middleware
from dossier.foundation.http.reference import router as reference_of
from dossier.foundation.http.services import services_of
from dossier.foundation.pubsub import Listeners, broadcasting
from dossier.foundation.services import Services
from dossier.foundation.signs import signing
from dossier.foundation.supervision import supervised
from dossier.members.actions import authenticate_session
from dossier.members.pages.profile import confirm
from dossier.messages.actions import listen
from dossier.tokens import actions as tokens
from dossier.web import Area, Call, Called, CurrentUser, Outside, Page, PageRoute, RefusedPage, cookie_name, workspace
from dossier.web.assets import router as assets
from dossier.web.portal import desk, portal
from dossier.webhooks.jobs import delivering

DESCRIPTION = "Cases, their templates and their data. Speaks Connect v1."


def create(services: Services) -> ASGIApp:
    """The whole server as an ASGI application. It opens the database when it starts and closes it when it ends."""
    app = Starlette(routes=routes(), lifespan=partial(_lifespan, services))
    app.router.redirect_slashes = False
    app.state.services = services
    page_of = partial(RefusedPage, _members_area(), outside=Outside(portal(visitor_of), nobody))
    authenticator = tokens.Authenticator.on(services.database)
    return Middleware(app, authenticator, _needs_token, _proves_itself, record_refused, page_of, services)


def routes() -> list[Route]:
    """Every address. Our routes read requests themselves: FastAPI, whose machinery took a fifth of an update, only describes them."""
    under_base = [(openapi.BASE_PATH, router) for router in ROUTERS]
    api = [
        Route(_address(prefix, each.path), Endpoint(each.endpoint), methods=[each.method])
        for prefix, router in (*under_base, ("", health), ("", reference_of(document)), ("", assets))
        for each in router.routes
    ]
    areas = {each.name: each for each in (_members_area(), portal(visitor_of), _desk())}
    pages = [Route(each.path, _served(each, areas[each.area]), methods=[each.method]) for each in PAGES]
    return [*api, *pages]


def _served(route: PageRoute, area: Area) -> ASGIApp:
    return Called(route, area) if isinstance(route, Call) else Page(route, area)


def _members_area() -> Area:
    return workspace(_authenticate, confirm, record_refused, NAVIGATION)


def _desk() -> Area:
    return desk(filler_of(_authenticate), record_refused)


async def _authenticate(request: Request) -> CurrentUser | None:
    secret = request.cookies.get(cookie_name(request))
    return await authenticate_session(services_of(request).database, secret) if secret else None


class _IdConvertor(StringConvertor):
    """What may be an id: not an address of its own, or `PATCH /cases/data` would be about a case called “data”."""

    regex = "(?!(?:count|data)(?:/|$))[^/]+"


register_url_convertor("id", _IdConvertor())


def _address(prefix: str, path: str) -> str:
    """Where a route is: what is well known stands at the root of the host (RFC 8615)."""
    return path if path.startswith("/.well-known/") else prefix + path.replace("{id}", "{id:id}")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of everything under `/v1`."""
    return openapi.document("Dossier", __version__, DESCRIPTION, ROUTERS)


@asynccontextmanager
async def _lifespan(services: Services, _app: Starlette) -> AsyncIterator[None]:
    database, process = services.database, services.process
    async with AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        listeners: Listeners = {}
        if services.works_on_jobs:
            queue = await stack.enter_async_context(jobs.working(services, JOBS))
            listeners = jobs.followers(queue, JOBS)
            wake = await stack.enter_async_context(delivering(services, full))
            listeners = {**listeners, CASE: [*listeners.get(CASE, ()), wake]}
        await stack.enter_async_context(broadcasting(database, process.feed, listeners, process.tasks))
        if services.works_on_jobs:
            await stack.enter_async_context(supervised("signs", partial(signing, services), process.tasks))
            if door := services.outgoing.door:
                await stack.enter_async_context(supervised("mail", partial(listen, services, door), process.tasks))
        yield


_UPDATE_OF_DATA = re.compile(openapi.BASE_PATH + "/cases/[^/]+/data")


def _proves_itself(method: str, path: str) -> bool:
    """Whether a request looks up who calls in the transaction of its change (`records/routes.py`)."""
    return method == "POST" and bool(_UPDATE_OF_DATA.fullmatch(path))


def _needs_token(scope: Scope) -> bool:
    """What has a key of its own in its address needs none: its route looks at that (a public file)."""
    path = scope["path"]
    if scope["method"] in ("GET", "HEAD") and path.startswith(openapi.BASE_PATH + "/attachments/"):
        named = any(name == b"authorization" for name, _ in scope["headers"])
        return named or "key" not in QueryParams(scope["query_string"])
    return bool(path.startswith(openapi.BASE_PATH + "/") and path != openapi.BASE_PATH + "/openapi.json")
