"""The area of people outside. There is nothing to sign in to: what their link opens is all there is for them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.actor import Actor
from dossier.foundation.database import Database
from dossier.foundation.errors import NotFound, Unauthenticated
from dossier.foundation.http.middleware import NoteRefused
from dossier.web import addresses
from dossier.web.area import Area
from dossier.web.portal.visitor import Visitor

EMBEDDED = "embed_v"
"""The parameter by which a site that shows the page inside its own says so."""
LARGEST_FORM = 2 * 1024 * 1024  # bytes of what is typed on a page

Authenticate = Callable[[Request], Awaitable[Visitor]]
"""From the link and the session's cookie to whoever came by it; also where there is no such link."""


def portal(authenticate: Authenticate) -> Area:
    """The area of people outside."""
    return Area(
        name="portal",
        home="",
        sign_in="",
        layout="portal/base.html",
        authenticate=authenticate,
        admit=_admit,
        prove=_prove,
        navigation=None,
        note_refused=_note_nothing,
        headers=_headers,
        error="portal/error.html",
        hides_origin=True,
        largest_form=LARGEST_FORM,
    )


def desk(authenticate: Callable[[Request], Awaitable[Visitor | None]], note_refused: NoteRefused) -> Area:
    """The same pages for a member at a form: of the house's own, or answered on behalf of who was asked."""
    return Area(
        name="desk",
        home=addresses.CASES,
        sign_in=addresses.SIGN_IN,
        layout="forms/desk.html",
        authenticate=authenticate,
        admit=_admit_member,
        prove=_prove,
        navigation=None,
        note_refused=note_refused,
        headers=_headers_inside,
        error="portal/error.html",
        largest_form=LARGEST_FORM,
    )


def _admit_member(needs: str, visitor: Visitor | None) -> None:
    """401, 403, 404."""
    if visitor is None:
        raise Unauthenticated.because("Sign in first.")
    visitor.actor.require(needs)
    _admit(needs, visitor)


def _admit(_needs: Any, visitor: Visitor | None) -> None:
    if visitor is None or visitor.state == "missing":
        raise NotFound.because("This link does not lead anywhere.")


async def _prove(_request: Request) -> Response | None:
    return None


async def _note_nothing(_database: Database, _actor: Actor, _what: str) -> None:
    """Whoever holds a link is nobody whom the audit log knows."""


def _headers_inside(request: Request) -> Mapping[str, str]:
    return {**_headers(request), "Referrer-Policy": "same-origin"}


def _headers(request: Request) -> Mapping[str, str]:
    visitor: Visitor | None = request.state.user
    framed_by = " ".join(visitor.framed_by) if visitor and visitor.framed_by else "'none'"
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
            f" form-action 'self'; frame-ancestors {framed_by}; base-uri 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
    }
