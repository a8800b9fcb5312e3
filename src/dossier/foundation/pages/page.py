"""A page as the application of a route: the visitor, the forms, the errors, the headers."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from dossier.foundation.database import Database
from dossier.foundation.errors import Forbidden, Invalid, Refusal, Unauthenticated
from dossier.foundation.http.body import receive
from dossier.foundation.http.gate import unexpected
from dossier.foundation.pages.render import new_nonce, render
from dossier.foundation.visitor import Visitor

Needs = Literal["nobody", "member", "handler", "designer", "administrator"]
Public: Needs = "nobody"
View = Callable[[Request], Awaitable[Response]]
Welcome = Callable[[Request], Awaitable[Visitor | None]]
"""From the session's cookie to the visitor."""

_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class PageRoute:
    """An address of the app: what answers it, and who may see it."""

    method: Literal["GET", "POST"]
    path: str
    view: View
    needs: Needs = "member"


@dataclass(frozen=True)
class Page:
    """What lies between the gate and a view."""

    route: PageRoute
    welcome: Welcome = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.nonce = new_nonce()
        request.state.visitor = None
        try:
            response = await self._answer(request)
        except Unauthenticated:
            response = _to_sign_in(request)
        except Refusal as refusal:
            response = refused(request, refusal)
        except Exception as error:  # noqa: BLE001 - people get a page, with the id to tell
            response = refused(request, unexpected(error, request.state.request_id))
        response.headers["Content-Security-Policy"] = _policy(request.state.nonce)
        response.headers["Referrer-Policy"] = "same-origin"  # with less, a browser calls our own forms' origin “null”
        if request.url.scheme == "https":
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _refuse_open_http(request)
        request.state.welcome = self.welcome
        visitor = request.state.visitor = await self.welcome(request)
        if self.route.needs != "nobody" and visitor is None:
            raise Unauthenticated.because("Sign in first.")
        if self.route.needs == "administrator" and visitor and not visitor.is_administrator:
            raise Forbidden.because("Only administrators of the workspace see this page; ask one of them.")
        if self.route.needs == "designer" and visitor and not visitor.designs:
            raise Forbidden.because("Templates are for those with the studio right; an administrator gives it.")
        if self.route.needs == "handler" and visitor and visitor.role == "limited":
            raise Forbidden.because("Limited members cannot do this; ask a colleague who handles every case.")
        if request.method not in _SAFE:
            await _read_form(request, visitor)
        return await self.route.view(request)


def form(request: Request) -> dict[str, str]:
    """The fields of the form that was sent; of one that was sent several times, the last."""
    return dict(request.state.form)


def visitor_of(request: Request) -> Visitor:
    """Who looks, on a page that needs somebody."""
    visitor: Visitor = request.state.visitor
    return visitor


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def origin_of(request: Request) -> str:
    """Where people reach the server: as the settings say, else as this request came."""
    base: str = request.app.state.base_url
    return base or f"{request.url.scheme}://{request.url.netloc}"


def see_other(address: str) -> Response:
    """Go and look there (303): what a form that did something is answered with."""
    return RedirectResponse(address, 303)


def cookie_name(request: Request) -> str:
    """The session's cookie: bound to the host on https, unprefixed on a loopback address."""
    return "__Host-dossier" if request.url.scheme == "https" else "dossier"


def refused(request: Request, refusal: Refusal) -> Response:
    """The page of an error; for a part of a page only its sentence."""
    template = "part_error.html" if request.headers.get("hx-request") else "error.html"
    return render(request, template, status=refusal.status, refusal=refusal, headers=refusal.headers)


def _to_sign_in(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    wanted = request.url.path if request.method in _SAFE else "/workspace/cases"
    return see_other(f"/sign-in?next={quote(wanted)}")


def _refuse_open_http(request: Request) -> None:
    """Plain http would show the session to the network; a loopback address has none."""
    if request.url.scheme != "https" and not _is_loopback(request.url.hostname or ""):
        detail = (
            "The app is served over https only. Put a proxy with a certificate before Dossier and name the proxy's"
            " address in DOSSIER_TRUSTED_PROXIES, or open http://127.0.0.1 on the machine itself."
        )
        raise Forbidden.because(detail, "https_required")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _read_form(request: Request, visitor: Visitor | None) -> None:
    """Take in a form; 403 unless one of our own pages has sent it."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden.because("This form came from another site.", "foreign_form")
    body = await receive(request, request.app.state.body_limits)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        raise Invalid.because("The form could not be read.") from None
    if any("\0" in name + value for name, value in fields):
        raise Invalid.because("A field contains a character that no text may have.")
    request.state.form = fields
    sent = request.headers.get("x-form-token") or dict(fields).get("form_token", "")
    if visitor and not hmac.compare_digest(sent.encode(), visitor.form_token.encode()):
        raise Forbidden.because("This form is from another session; go back, reload the page, and send it again.")


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
