"""The services of the server that a request came to."""

from starlette.requests import Request

from dossier.foundation.services import Services


def services_of(request: Request) -> Services:
    """What the request's work uses: the only thing that an application keeps in its state."""
    services: Services = request.app.state.services
    return services
