"""Whether the server lives, whether it is ready, and its metrics for whoever is on the same machine."""

import ipaddress

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.actor import Scope
from dossier.foundation.database import Database
from dossier.foundation.errors import NotFound, Problem, Unavailable
from dossier.foundation.http.answers import Answer
from dossier.foundation.metrics import exposition

router = APIRouter(include_in_schema=False)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get("/livez")
async def livez(_request: Request) -> Response:
    """The process answers."""
    return Answer({"status": "ok"}).response()


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """The server takes requests: it is not draining, and its database answers."""
    if request.app.state.draining.began:
        raise Unavailable((Problem("The server is shutting down.", "draining"),), {"Retry-After": "5"})
    database: Database = request.app.state.database
    async with database.reading(Scope(())) as reading:
        await reading.one("SELECT 1 AS one")
    return Answer({"status": "ok"}).response()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text format, for a client on this machine that no proxy stands before; for others it does not exist."""
    host = request.client.host if request.client else ""
    if any(name in request.headers for name in _FORWARDED) or not _is_loopback(host):
        raise NotFound.because("There is nothing at this address.")
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
