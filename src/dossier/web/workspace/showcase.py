"""The page on which developers see every component in every state."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import NotFound
from dossier.foundation.http.services import services_of
from dossier.web import addresses
from dossier.web.page import PageRoute
from dossier.web.render import render


async def components(request: Request) -> Response:
    """Only where DOSSIER_DEVELOPMENT is true."""
    services = services_of(request)
    if not services.development:
        raise NotFound.because("There is no such page. It may have moved, or the address is cut short.")
    return render(request, "components/showcase.html", now=services.clock())


PAGES = (PageRoute("GET", addresses.COMPONENTS, components),)
