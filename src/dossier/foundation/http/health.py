"""Whether the server lives, whether it is ready, and its metrics for whoever is on the same machine."""

import hmac
import ipaddress

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import health
from dossier.foundation.errors import NotFound, Problem, Unavailable
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.metrics import exposition, show_checks

router = Router()

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get("/livez")
async def livez(_request: Request) -> Response:
    """The process answers."""
    return ApiResponse({"status": "ok"}).response()


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """The server takes requests: it is not draining, and its database answers in time. `?verbose`: everything else too."""
    services = services_of(request)
    if services.process.draining:
        raise Unavailable((Problem("The server is shutting down.", "draining"),), {"Retry-After": "5"})
    if "verbose" in request.query_params and _is_here(request):
        return _verbose(await health.checks(services))
    database = await health.ready(services)
    if not database.well:
        raise Unavailable(
            (Problem("The database does not answer: {says}.", "database", says=database.says),), {"Retry-After": "1"}
        )
    return ApiResponse({"status": "ok"}).response()


def _verbose(checks: list[health.Check]) -> Response:
    """Every part by name. What does not stop requests makes no 503: taking the server out of service would help nobody."""
    verdicts = {each.verdict for each in checks}
    status = "failing" if "fail" in verdicts else "warning" if "warn" in verdicts else "ok"
    found = {each.name: {"well": each.well, "verdict": each.verdict, "says": each.says} for each in checks}
    return ApiResponse({"status": status, "checks": found}, 200 if checks[0].well else 503).response()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text format, for a client on this machine that no proxy stands before; for others it does not exist."""
    if not _is_here(request):
        raise NotFound.because("There is nothing at this address.")
    found = await health.checks(services_of(request))
    show_checks({each.name: (each.well, each.figure) for each in found}, health.NAMES)
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


def _is_here(request: Request) -> bool:
    """Whether somebody on this machine asks, and no proxy for somebody else; or who knows the secret for it."""
    secret = services_of(request).metrics_secret
    if secret:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {secret}".encode())
    host = request.client.host if request.client else ""
    return not any(name in request.headers for name in _FORWARDED) and _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
