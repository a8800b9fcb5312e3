"""Styles and scripts of the app: served compressed, under addresses that change with their content."""

import gzip
import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import NotFound

router = APIRouter(include_in_schema=False)

_TYPES = {
    "icon.svg": "image/svg+xml",
    "tabler.min.css": "text/css",
    "dossier.css": "text/css",
    "theme.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "app.js": "text/javascript",
    "saving.js": "text/javascript",
    "drafts.js": "text/javascript",
}


def address_of(name: str) -> str:
    """Where a file is served; another address when its content changes."""
    return f"/assets/{_content(name)[0]}/{name}"


@cache
def _content(name: str) -> tuple[str, bytes, bytes]:
    content = files("dossier.foundation.pages").joinpath("static", name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12], content, gzip.compress(content, 9, mtime=0)


@router.get("/favicon.ico")
async def favicon(_request: Request) -> Response:
    """For those who ask without having read a page."""
    return Response(
        _content("icon.svg")[1], headers={"Cache-Control": "public, max-age=86400"}, media_type="image/svg+xml"
    )


@router.get("/assets/{version}/{name}")
async def asset(request: Request) -> Response:
    """A file, to be kept for a year."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise NotFound.because("There is nothing at this address.")
    _, plain, packed = _content(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=_TYPES[name])
    return Response(plain, headers=headers, media_type=_TYPES[name])
