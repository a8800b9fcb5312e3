"""Styles, scripts and pictures of the app, found by name (`web/resources.py`) and served compressed.

All have one version in their address, made of all their contents: modules import each other by relative addresses,
so a change of one is a change of who imports it.
"""

import gzip
import hashlib
from functools import cache
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import NotFound
from dossier.foundation.http.router import Router
from dossier.web import resources

router = Router()

_TYPES = {".svg": "image/svg+xml", ".css": "text/css", ".js": "text/javascript"}
STYLES = "styles.css"  # no file: the styles of Tabler, then of each component
PORTAL = "portal/"  # what people outside are shown has styles of its own


def address_of(name: str) -> str:
    """Where a file is served; KeyError for one that is not there."""
    _content(name)
    return f"/assets/{_version()}/{name}"


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for suffix in _TYPES:
        for name in resources.names(suffix):
            digest.update(_content(name)[0])
    return digest.hexdigest()[:12]


@cache
def _content(name: str) -> tuple[bytes, bytes]:
    """The file as it is, and compressed."""
    plain = _styles() if name == STYLES else _read(name)
    return plain, gzip.compress(plain, 9, mtime=0)


def _styles() -> bytes:
    ours = (name for name in resources.names(".css") if not name.startswith(PORTAL))
    return b"\n".join(_read(name) for name in sorted(ours, key=_layer))


def _layer(name: str) -> tuple[int, str]:
    return (0 if name.startswith("static/") else 1 if name == "components/tokens.css" else 2), name


def _read(name: str) -> bytes:
    path = resources.path_of(name)
    if path is None or path.suffix not in _TYPES:
        raise KeyError(name)
    return path.read_bytes()


@router.get("/favicon.ico")
async def favicon(_request: Request) -> Response:
    """For those who ask without having read a page."""
    content = _content("static/icon.svg")[0]
    return Response(content, headers={"Cache-Control": "public, max-age=86400"}, media_type=_TYPES[".svg"])


@router.get("/assets/{version}/{name:path}")
async def asset(request: Request) -> Response:
    """A file, to be kept for a year."""
    name = request.path_params["name"]
    try:
        plain, packed = _content(name)
    except (KeyError, ValueError, OSError):
        raise NotFound.because("There is nothing at this address.") from None
    kind = _TYPES[PurePath(name).suffix]
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=kind)
    return Response(plain, headers=headers, media_type=kind)
