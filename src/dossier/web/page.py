"""A page as the application of a route: the guest, the forms, the errors, the headers."""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dossier.foundation import exact
from dossier.foundation.errors import AppError, Forbidden, Unauthenticated
from dossier.foundation.http.middleware import once_more, unexpected
from dossier.foundation.pages.reader import language_of
from dossier.web.addresses import FORM_LINKS, PERSONAL, PUBLIC_FORMS
from dossier.web.area import Area, Guest
from dossier.web.csrf import raise_if_foreign, read_form
from dossier.web.render import Rendered, new_nonce, render
from dossier.web.requests import SAFE, came_from, database_of, is_part, local, see_other, stays

View = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class PageRoute:
    """An address of the app: what answers it, and who may see it."""

    method: Literal["GET", "POST"]
    path: str
    view: View
    needs: str = "member"  # what the area admits by: for members a permission
    asks_again: bool = False  # who proved who they are more than a quarter of an hour ago does it again
    area: str = "workspace"  # by its name
    streams: bool = False  # the view reads the body itself, as it comes, and holds its token by `raise_if_not_ours`


@dataclass(frozen=True)
class Page:
    """What lies between the gate and a view."""

    route: PageRoute
    area: Area

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.nonce = new_nonce()
        request.state.user, request.state.area = None, self.area
        try:
            response = await once_more(self.route.method, lambda: self._answer(request))
            await _finish(response)
        except Unauthenticated:
            response = _to_sign_in(request)
        except AppError as refusal:
            if refusal.status == Forbidden.status and request.state.user:
                what = f"{self.route.method} {self.route.path}"
                await self.area.note_refused(database_of(request), request.state.user.actor, what)
            response = refused(request, refusal)
        except Exception as error:  # noqa: BLE001 - people get a page, with the id to tell
            response = refused(request, unexpected(error, request.state.request_id))
        await _finish(response)
        if stays(request):
            _say_where(response)
        _guard(request, response)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        raise_if_open_http(request)
        guest = request.state.user = await self.area.authenticate(request)
        exact.language.set(language_of(request).code)
        self.area.admit(self.route.needs, guest)
        if request.method not in SAFE:
            raise_if_foreign(request)
            if not self.route.streams:
                await read_form(request, guest)
        if self.route.asks_again and guest and (question := await self.area.prove(request)):
            return question
        return await self.route.view(request)


@dataclass(frozen=True)
class Outside:
    """The area of people outside, and who they are where their link leads nowhere."""

    area: Area
    nobody: Callable[[Request], Guest]

    def has(self, path: str) -> bool:
        """Whether an address is one of theirs, or would be."""
        return any(f"{path}/".startswith(f"{each}/") for each in (FORM_LINKS, PERSONAL, PUBLIC_FORMS))


@dataclass(frozen=True)
class RefusedPage:
    """What a browser is shown where no page answers: an address that is none, a method that is not possible there."""

    area: Area
    refusal: AppError
    outside: Outside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.nonce, request.state.user, request.state.area = new_nonce(), None, self.area
        if self.refusal.status == HTTPStatus.NOT_FOUND and self.outside.has(request.url.path):
            request.state.user, request.state.area = self.outside.nobody(request), self.outside.area
        response = refused(request, self.refusal)
        await _finish(response)
        _guard(request, response)
        await response(scope, receive, send)


def _guard(request: Request, response: Response) -> None:
    for name, value in request.state.area.headers(request).items():
        response.headers.setdefault(name, value)
    if request.url.scheme == "https":
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


def _say_where(response: Response) -> None:
    """A script that is sent elsewhere does not learn where: so it is told, and goes there itself."""
    if response.status_code == HTTPStatus.SEE_OTHER:
        response.status_code = HTTPStatus.NO_CONTENT
        response.headers["X-See-Other"] = response.headers["Location"]
        del response.headers["Location"]


async def _finish(response: Response) -> None:
    if isinstance(response, Rendered):
        await response.finish()


def refused(request: Request, refusal: AppError) -> Response:
    """The page of an error; for a part of a page only its sentence."""
    if is_part(request):
        headers = {**refusal.headers, "X-Part": "refused"}
        return render(request, "components/refusal.html", status=refusal.status, refusal=refusal, headers=headers)
    home = request.state.area.home
    return render(
        request,
        request.state.area.error,
        status=refusal.status,
        refusal=refusal,
        headers=refusal.headers,
        home=home,
        back=came_from(request, home) if request.method not in SAFE else home,
    )


def _to_sign_in(request: Request) -> Response:
    if is_part(request) or request.headers.get("x-live"):
        return Response(status_code=401)  # the page keeps what was typed, and says so
    area: Area = request.state.area
    wanted = local(request.url) if request.method in SAFE else came_from(request, area.home)
    return see_other(f"{area.sign_in}?next={quote(wanted)}")


def raise_if_open_http(request: Request) -> None:
    """403: plain http would show the session to the network; a loopback address has none."""
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
