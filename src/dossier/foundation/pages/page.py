"""A page as the application of a route: the visitor, the forms, the errors, the headers."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qsl, quote

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from dossier.foundation import exact
from dossier.foundation.database import Database
from dossier.foundation.errors import Forbidden, Invalid, Refusal, TooManyRequests, Unauthenticated
from dossier.foundation.http.body import receive
from dossier.foundation.http.gate import NoteRefused, once_more, unexpected
from dossier.foundation.http.services import services_of
from dossier.foundation.pages.language import language_of
from dossier.foundation.pages.render import Rendered, new_nonce, render
from dossier.foundation.visitor import Visitor

Needs = Literal["nobody", "member", "handler", "designer", "administrator"]
Public: Needs = "nobody"
View = Callable[[Request], Awaitable[Response]]
Welcome = Callable[[Request], Awaitable[Visitor | None]]
"""From the session's cookie to the visitor."""

Confirm = Callable[[Request, Visitor, str], Awaitable[None]]
"""Holds what somebody typed against their password or code, and remembers that it was right; else a Refusal."""

_SAFE = ("GET", "HEAD")
CONFIRMED_FOR = timedelta(minutes=15)
_PROOF = "confirm_"  # begins the names of the fields in which somebody proves who they are
HOME = "/workspace/cases"
CONFIRM = "/workspace/confirm"


@dataclass(frozen=True)
class PageRoute:
    """An address of the app: what answers it, and who may see it."""

    method: Literal["GET", "POST"]
    path: str
    view: View
    needs: Needs = "member"
    asks_again: bool = False  # who proved who they are more than a quarter of an hour ago does it again


@dataclass(frozen=True)
class Page:
    """What lies between the gate and a view."""

    route: PageRoute
    welcome: Welcome = field(repr=False)
    confirm: Confirm = field(repr=False)
    note_refused: NoteRefused = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.nonce = new_nonce()
        request.state.visitor = None
        try:
            response = await once_more(self.route.method, lambda: self._answer(request))
            await _finish(response)
        except Unauthenticated:
            response = _to_sign_in(request)
        except Refusal as refusal:
            if refusal.status == Forbidden.status and request.state.visitor:
                what = f"{self.route.method} {self.route.path}"
                await self.note_refused(database_of(request), request.state.visitor.actor, what)
            response = refused(request, refusal)
        except Exception as error:  # noqa: BLE001 - people get a page, with the id to tell
            response = refused(request, unexpected(error, request.state.request_id))
        await _finish(response)
        response.headers["Content-Security-Policy"] = _policy(request.state.nonce)
        response.headers["Referrer-Policy"] = "same-origin"  # with less, a browser calls our own forms' origin “null”
        if request.url.scheme == "https":
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _refuse_open_http(request)
        request.state.welcome = self.welcome
        visitor = request.state.visitor = await self.welcome(request)
        exact.language.set(language_of(request).code)
        _refuse_others(self.route.needs, visitor)
        if request.method not in _SAFE:
            await _read_form(request, visitor)
        if self.route.asks_again and visitor and not _is_confirmed(request, visitor):
            try:
                if not await self._confirmed(request, visitor):
                    return _ask(request, visitor)
            except (Invalid, TooManyRequests) as refusal:
                return _ask(request, visitor, refusal)
        return await self.route.view(request)

    async def _confirmed(self, request: Request, visitor: Visitor) -> bool:
        """Whether they prove with this very form who they are; what else is in it is then done."""
        typed = form(request).get(f"{_PROOF}{visitor.proof}") if request.method not in _SAFE else None
        if typed is None:
            return False
        await self.confirm(request, visitor, typed)
        request.state.form = _without_proof(request.state.form)
        return True


async def _finish(response: Response) -> None:
    if isinstance(response, Rendered):
        await response.finish()


def _refuse_others(needs: Needs, visitor: Visitor | None) -> None:
    """401 and 403: only for whom a page is meant."""
    if needs != "nobody" and visitor is None:
        raise Unauthenticated.because("Sign in first.")
    if needs == "administrator" and visitor and not visitor.is_administrator:
        raise Forbidden.because("Only administrators of the workspace see this page; ask one of them.")
    if needs == "designer" and visitor and not visitor.designs:
        raise Forbidden.because("Templates are for those with the studio right; an administrator gives it.")
    if needs == "handler" and visitor and visitor.role == "limited":
        raise Forbidden.because("Limited members cannot do this; ask a colleague who handles every case.")


def _is_confirmed(request: Request, visitor: Visitor) -> bool:
    return database_of(request).clock() - visitor.confirmed_at <= CONFIRMED_FOR


def _without_proof(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if not name.startswith(_PROOF) and name != "username"]


def _ask(request: Request, visitor: Visitor, refusal: Refusal | None = None) -> Response:
    """The page that asks who it is; it carries what was typed, or where somebody wanted to go."""
    if request.headers.get("hx-request") or request.headers.get("x-stay"):
        raise Forbidden.because("Reload the page, and do it again: you will be asked for your password.", "confirm")
    here = _local(request.url)
    posted = request.method not in _SAFE
    kept = _without_proof(request.state.form) if posted else [("next", here)]
    return render(
        request,
        "confirm.html",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else {},
        refusal=refusal,
        asked=visitor.proof,
        action=here if posted else CONFIRM,
        kept=[(name, value) for name, value in kept if name != "form_token"],
        back=came_from(request),
        provider=services_of(request).provider,
    )


def form(request: Request) -> dict[str, str]:
    """The fields of the form that was sent; of one that was sent several times, the last."""
    return dict(request.state.form)


def visitor_of(request: Request) -> Visitor:
    """Who looks, on a page that needs somebody."""
    visitor: Visitor = request.state.visitor
    return visitor


def database_of(request: Request) -> Database:
    return services_of(request).database


def origin_of(request: Request) -> str:
    """Where people reach the server: as the settings say, else as this request came."""
    return services_of(request).base_url or f"{request.url.scheme}://{request.url.netloc}"


def see_other(address: str) -> Response:
    """Go and look there (303): what a form that did something is answered with."""
    return RedirectResponse(address, 303)


def cookie_name(request: Request) -> str:
    """The session's cookie: bound to the host on https, unprefixed on a loopback address."""
    return "__Host-dossier" if request.url.scheme == "https" else "dossier"


def refused(request: Request, refusal: Refusal) -> Response:
    """The page of an error; for a part of a page only its sentence."""
    if request.headers.get("hx-request") or request.headers.get("x-stay"):
        headers = {**refusal.headers, "X-Part": "refused"}
        return render(request, "part_error.html", status=refusal.status, refusal=refusal, headers=headers)
    return render(
        request,
        "error.html",
        status=refusal.status,
        refusal=refusal,
        headers=refusal.headers,
        back=came_from(request) if request.method not in _SAFE else HOME,
    )


def _to_sign_in(request: Request) -> Response:
    if any(request.headers.get(name) for name in ("hx-request", "x-stay", "x-live")):
        return Response(status_code=401)  # the page keeps what was typed, and says so
    wanted = _local(request.url) if request.method in _SAFE else came_from(request)
    return see_other(f"/sign-in?next={quote(wanted)}")


def came_from(request: Request) -> str:
    """The page of ours whose form was sent, as the browser says; else the list."""
    page = URL(request.headers.get("referer", ""))
    return _local(page) if page.netloc == request.url.netloc and page.path.startswith("/workspace") else HOME


def _local(address: URL) -> str:
    return address.path + (f"?{address.query}" if address.query else "")


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


def _is_foreign(request: Request) -> bool:
    """Whether the browser says that another site's page sent this (Fetch Metadata, and Origin with its scheme)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    ours = {f"{request.url.scheme}://{request.headers.get('host')}", services_of(request).base_url}
    return origin is not None and origin not in ours


async def _read_form(request: Request, visitor: Visitor | None) -> None:
    """Take in a form; 403 unless one of our own pages has sent it."""
    if _is_foreign(request):
        raise Forbidden.because("This form came from another site.", "foreign_form")
    body = await receive(request, services_of(request).body_limits)
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
