"""The API's own reference: the OpenAPI document, and a page that shows it without the internet."""

import asyncio
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation import json
from dossier.foundation.errors import NotFound
from dossier.foundation.http.openapi import BASE_PATH
from dossier.foundation.http.responses import json_response
from dossier.foundation.http.router import Router

_ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "docs.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dossier API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/docs.js"></script>
</body>
</html>
"""


def router(document: Callable[[], dict[str, Any]]) -> Router:
    """The addresses of an OpenAPI document, which is made when it is first asked for, and of the page that shows it."""
    addresses = Router()

    @addresses.get(f"{BASE_PATH}/openapi.json")
    async def openapi_document(_request: Request) -> Response:
        made = await asyncio.to_thread(
            document
        )  # the first time takes a third of a second, and others are answered meanwhile
        return json_response(json.encode(made))

    addresses.get("/docs")(_docs)
    addresses.get("/docs/{name}")(_docs_asset)
    return addresses


async def _docs(_request: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def _docs_asset(request: Request) -> Response:
    """A vendored file of the reference page."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        raise NotFound.because("There is nothing at this address.")
    content = files("dossier.foundation.http").joinpath("assets", name).read_bytes()
    return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})
