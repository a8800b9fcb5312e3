"""What views ask of a request, and the plainest of answers."""

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dossier.foundation.database import Database
from dossier.foundation.http.services import services_of
from dossier.web import addresses

SAFE = ("GET", "HEAD")


def form(request: Request) -> dict[str, str]:
    """The fields of the form that was sent; of one that was sent several times, the last."""
    return dict(request.state.form)


def uploaded(request: Request, name: str) -> bytes:
    """The file that was sent as that field of the form; empty when none was chosen."""
    files: dict[str, bytes] = request.state.files
    return files.get(name, b"")


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


def is_part(request: Request) -> bool:
    """Whether a script of the page asks, which shows the answer in its place."""
    return "hx-request" in request.headers or stays(request)


def stays(request: Request) -> bool:
    """Whether a script sent the form, and draws what comes of it over the page that is open."""
    return "x-stay" in request.headers


def came_from(request: Request, home: str) -> str:
    """The page of ours whose form was sent, as the browser says; else `home`."""
    page = URL(request.headers.get("referer", ""))
    return local(page) if page.netloc == request.url.netloc and page.path.startswith(addresses.WORKSPACE) else home


def local(address: URL) -> str:
    """An address without its host."""
    return address.path + (f"?{address.query}" if address.query else "")
