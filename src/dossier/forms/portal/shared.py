"""What views of the portal have in common: drawn in the state that one is in, sent on, with a session."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.portal.visiting import Guest, cookie_of, guest_of
from dossier.web import render, see_other
from dossier.web.addresses import Address
from dossier.web.portal import Visitor


def show(request: Request, template: str, state: str, *, status: int = 200, **values: Any) -> Response:
    """A page of the portal in a state."""
    guest: Guest = guest_of(request)
    return render(request, f"forms/portal/{template}.html", status=status, state=state, guest=guest, **values)


def home(request: Request) -> Response:
    """Go where one is."""
    visitor: Visitor = request.state.user
    return see_other(visitor.to())


async def onwards(request: Request) -> Response:
    """Where forms are sent: whoever comes there otherwise, by another language or a tab that is opened again, is led where they are."""
    return home(request)


def with_session(request: Request, response: Response, secret: str | None) -> Response:
    """The answer with the cookie of a session, which goes to the pages of this form alone."""
    if secret:
        visitor = request.state.user
        put_cookie(request, response, cookie_of(request), secret, visitor.address, framed=bool(visitor.framed_by))
    return response


def put_cookie(
    request: Request, response: Response, name: str, secret: str, path: Address, *, framed: bool = False
) -> None:
    """Give the browser a secret for the pages under an address; "" takes it away."""
    secure = request.url.scheme == "https"
    framed = secure and framed
    parts = [f"{name}={secret}", f"Path={path}", "HttpOnly", f"SameSite={'None' if framed else 'Lax'}"]
    parts += [] if secret else ["Max-Age=0"]
    parts += ["Secure"] if secure else []
    parts += ["Partitioned"] if framed else []
    response.headers.append("Set-Cookie", "; ".join(parts))


def first_page(guest: Guest) -> Address | str:
    """Where answering begins."""
    pages = guest.asked.pages
    return guest.to("pages", pages[0].key) if pages else guest.to("check")
