"""The services of the server that a request came to."""

from starlette.requests import Request

from dossier.foundation.http.openapi import BASE_PATH
from dossier.foundation.services import Services


def services_of(request: Request) -> Services:
    """What the request's work uses: the only thing that an application keeps in its state."""
    services: Services = request.app.state.services
    return services


def api_address(request: Request) -> str:
    """Where programs reach the API, as what is answered says it."""
    return (services_of(request).base_url or str(request.base_url).rstrip("/")) + BASE_PATH
