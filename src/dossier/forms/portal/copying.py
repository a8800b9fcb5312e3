"""What was handed in, as a PDF for whoever handed it in."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.actions.printing import printed
from dossier.forms.model import Response as Answered
from dossier.forms.portal.shared import home
from dossier.forms.portal.visiting import Guest, guest_of
from dossier.foundation.http.content import disposition
from dossier.foundation.http.services import services_of


def handed_in(guest: Guest) -> Answered | None:
    """The newest response that was handed in, also while something is asked again; None where there is none, or they may not see it."""
    found = next((each for each in guest.responses if each.completed_at), None)
    return found if guest.is_in else None


async def copy(request: Request) -> Response:
    """The copy; 503 where none can be made now."""
    guest = guest_of(request)
    response = handed_in(guest)
    if response is None:
        return home(request)
    made = await printed(services_of(request), guest.actor.scope, response.id)
    headers = {"Content-Disposition": disposition("attachment", made.name)}
    return Response(made.content, 200, headers, "application/pdf")
