"""The services of the server that a request came to."""

from functools import lru_cache

from starlette.requests import Request
from starlette.types import Scope

from dossier.foundation.http.openapi import BASE_PATH
from dossier.foundation.services import Services


def services_of(request: Request) -> Services:
    """What the request's work uses: the only thing that an application keeps in its state."""
    services: Services = request.app.state.services
    return services


def api_address(request: Request) -> str:
    """Where programs reach the API, as what is answered says it."""
    return (services_of(request).base_url or _reached_at(request.scope)) + BASE_PATH


def _reached_at(scope: Scope) -> str:
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    return _address(scope["scheme"], host, scope.get("server"), scope.get("app_root_path", scope.get("root_path", "")))


@lru_cache(maxsize=64)  # as it is for every request that comes the same way
def _address(scheme: str, host: bytes | None, server: tuple[str, int | None] | None, root: str) -> str:
    named = [] if host is None else [(b"host", host)]
    here = {"type": "http", "scheme": scheme, "headers": named, "server": server, "root_path": root, "path": root}
    return str(Request(here).base_url).rstrip("/")
