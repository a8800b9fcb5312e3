"""The ASGI application: every address of the tables, and what runs beside the requests."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from dossier import __version__
from dossier.app import JOBS, PAGES, ROUTERS, SUBSCRIBERS
from dossier.audit import record_alone
from dossier.cases.actions import update_in_company
from dossier.cases.subscribers import CASE, SearchIndexer
from dossier.foundation import jobs
from dossier.foundation.cipher import FILE as KEY_FILE
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.foundation.group_commit import GroupCommit
from dossier.foundation.health import Limits
from dossier.foundation.http import openapi
from dossier.foundation.http.body import BodyLimits
from dossier.foundation.http.deadline import REQUEST_SECONDS
from dossier.foundation.http.gate import Endpoint, Gate
from dossier.foundation.http.health import router as health
from dossier.foundation.http.limits import RateLimit
from dossier.foundation.http.proxies import UnnamedProxies
from dossier.foundation.http.reference import router as reference
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import Queue
from dossier.foundation.metrics import count_statement
from dossier.foundation.pages import Page, cookie_name
from dossier.foundation.pages.assets import router as assets
from dossier.foundation.pubsub import ChangeFeed, Listener, Listeners, broadcasting
from dossier.foundation.signs import signing
from dossier.foundation.supervision import Task, supervised
from dossier.foundation.visitor import Visitor
from dossier.members.actions import visitor
from dossier.members.actions.oidc import Provider
from dossier.members.pages.profile import confirm
from dossier.server.settings import Settings
from dossier.tokens import actions as tokens

LISTENERS: dict[str, tuple[Callable[[Queue], Listener], ...]] = {CASE: (SearchIndexer,)}
"""What each process does, once it is kept, with what changed there: by kind of topic."""

DESCRIPTION = "Cases, their templates and their data. Speaks Connect v1."


@dataclass
class Draining:
    """Whether the server is about to stop, and so not ready any more."""

    began: bool = False

    def begin(self) -> None:
        self.began = True


@dataclass(frozen=True)
class Options:
    """What differs between servers."""

    body_limits: BodyLimits = field(default_factory=BodyLimits)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    works_on_jobs: bool = True
    draining: Draining = field(default_factory=Draining)
    feed: ChangeFeed = field(default_factory=ChangeFeed)
    tasks: list[Task] = field(default_factory=list)
    cipher: Cipher = field(default_factory=lambda: Cipher(secrets.token_urlsafe(48)))
    base_url: str = ""
    cors_origins: frozenset[str] = frozenset()
    metrics_secret: str | None = None
    request_seconds: float = REQUEST_SECONDS
    log_requests: bool = True
    provider: Provider | None = None
    limits: Limits = field(default_factory=Limits)


def create_for(settings: Settings, draining: Draining, feed: ChangeFeed) -> ASGIApp:
    """The server that settings describe."""
    assert settings.database_url
    assert settings.secret_key
    database = Database(
        settings.database_url, settings.max_connections, subscribers=SUBSCRIBERS, observe=count_statement
    )
    limits = BodyLimits(settings.body_limit, settings.body_seconds)
    options = Options(
        limits,
        RateLimit(settings.rate_limit),
        draining=draining,
        feed=feed,
        cipher=Cipher(settings.secret_key, _keys_again(settings)),
        base_url=settings.base_url.rstrip("/"),
        metrics_secret=settings.metrics_secret,
        request_seconds=settings.request_seconds,
        log_requests=settings.log_requests,
        cors_origins=frozenset(filter(None, (each.strip().rstrip("/") for each in settings.cors_origins.split(",")))),
        provider=_provider(settings),
        limits=Limits(settings.data_dir, settings.disk_free_mb, settings.backup_hours),
    )
    return create(database, options)


def _provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.oidc_name,
        settings.oidc_required,
    )


def _keys_again(settings: Settings) -> Callable[[], str] | None:
    """How to read the keys anew, where they are those of the data folder."""
    file = settings.data_dir / KEY_FILE
    known = file.exists() and file.read_text().strip() == settings.secret_key
    return file.read_text if known else None


def create(database: Database, options: Options | None = None) -> ASGIApp:
    """The whole server as an ASGI application. It opens the database when it starts and closes it when it ends."""
    chosen = options or Options()
    app = Starlette(routes=routes(), lifespan=partial(_lifespan, database, chosen))
    app.router.redirect_slashes = False
    app.state.database = database
    app.state.body_limits = chosen.body_limits
    app.state.draining = chosen.draining
    app.state.feed = chosen.feed
    app.state.id, app.state.limits, app.state.asking = new_id(), chosen.limits, {}
    app.state.tasks = chosen.tasks
    app.state.cipher = chosen.cipher
    app.state.base_url = chosen.base_url
    app.state.proxies = UnnamedProxies()
    app.state.cors_origins = chosen.cors_origins
    app.state.metrics_secret = chosen.metrics_secret
    app.state.provider = chosen.provider
    app.state.updates = GroupCommit(database, update_in_company)
    app.state.log_requests = chosen.log_requests
    app.state.one_long_page = asyncio.Semaphore(1)
    app.state.openapi = document
    app.state.note_failed = lambda actor, act: record_alone(database, actor, act, str(actor.id), result="failed")
    app.state.note_refused = lambda actor, what: record_alone(
        database, actor, "request.refused", what, result="refused"
    )
    return Gate(app, tokens.Authenticator.on(database), _needs_token, chosen.rate_limit, chosen.request_seconds)


def routes() -> list[Route]:
    """Every address. Our routes read requests themselves, so they are served without FastAPI's own machinery,
    which took a fifth of an update; FastAPI describes them.
    """
    under_base = [(openapi.BASE_PATH, router) for router in ROUTERS]
    api = [
        Route(prefix + _ids_only(route.path), Endpoint(route.endpoint), methods=list(route.methods or ()))
        for prefix, router in (*under_base, ("", health), ("", reference), ("", assets))
        for route in router.routes
        if isinstance(route, APIRoute)
    ]
    pages = [Route(each.path, Page(each, _welcome, confirm), methods=[each.method]) for each in PAGES]
    return [*api, *pages]


async def _welcome(request: Request) -> Visitor | None:
    secret = request.cookies.get(cookie_name(request))
    return await visitor(request.app.state.database, secret) if secret else None


class _IdConvertor(StringConvertor):
    """What may be an id: not an address of its own, or `PATCH /cases/data` would be about a case called “data”."""

    regex = "(?!(?:count|data)(?:/|$))[^/]+"


register_url_convertor("id", _IdConvertor())


def _ids_only(path: str) -> str:
    return path.replace("{id}", "{id:id}")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of everything under `/v1`."""
    described = FastAPI(title="Dossier", version=__version__, description=DESCRIPTION)
    for router in ROUTERS:
        described.include_router(router)
    return openapi.document(described)


@asynccontextmanager
async def _lifespan(database: Database, options: Options, app: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        tasks = options.tasks
        listeners: Listeners = {}
        if options.works_on_jobs:
            queue = await stack.enter_async_context(jobs.working(database, JOBS, tasks))
            listeners = {kind: [make(queue) for make in makers] for kind, makers in LISTENERS.items()}
        await stack.enter_async_context(broadcasting(database, options.feed, listeners, tasks))
        if options.works_on_jobs:
            await stack.enter_async_context(supervised("signs", partial(signing, app.state), tasks))
        yield


def _needs_token(path: str) -> bool:
    return path.startswith(openapi.BASE_PATH + "/") and path != openapi.BASE_PATH + "/openapi.json"
