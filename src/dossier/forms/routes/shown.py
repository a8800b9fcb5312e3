"""How a form is answered, with the addresses that it has here."""

from typing import Any

from starlette.requests import Request

from dossier.forms.actions import Origin
from dossier.forms.actions.showing import whole
from dossier.forms.model import Form, wire
from dossier.forms.model.shown import WholeForm
from dossier.foundation.database import ReadSession
from dossier.foundation.http import openapi
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import api_address, services_of

FORM_ID = openapi.path("id", "the form")


def origin(request: Request) -> Origin:
    """Where people reach the server, as the request came."""
    return Origin(api_address(request).removesuffix(openapi.BASE_PATH), services_of(request).cipher)


def places(request: Request) -> wire.Places:
    """The addresses of forms."""
    here = origin(request)
    return wire.Places(api_address(request), here.fill, here.app)


def shown(request: Request, each: WholeForm) -> dict[str, Any]:
    """The form as JSON has it."""
    return wire.form(each, places(request))


async def answer(request: Request, session: ReadSession, form: Form, status: int = 200, **headers: str) -> ApiResponse:
    """The form in full, with its tag."""
    content = shown(request, await whole(session, form))
    return ApiResponse(content, status, {"ETag": f'"{form.version}"', **headers}, about=form.id)
