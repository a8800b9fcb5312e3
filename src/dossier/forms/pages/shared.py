"""What every page of forms needs."""

from starlette.requests import Request

from dossier.forms.actions import Origin
from dossier.foundation.http.services import services_of
from dossier.web import addresses, origin_of

LIST = addresses.FORMS


def origin(request: Request) -> Origin:
    """Where people reach the server, as the request came."""
    return Origin(origin_of(request), services_of(request).cipher)
