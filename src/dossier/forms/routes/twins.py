"""The same under the names that they once had: deprecated, and said so on every answer."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import schemas
from dossier.forms.routes import lists, making, one
from dossier.foundation.errors import AppError
from dossier.foundation.http import openapi

router = APIRouter()

SINCE = "@1735689600"  # 1 January 2025, as RFC 9745 has times

Handler = Callable[[Request], Awaitable[Response]]


def deprecated(handler: Handler, successor: str) -> Handler:
    """The same handler, whose answers say that they are deprecated, and what took their place."""

    async def handle(request: Request) -> Response:
        place = successor.format(**request.path_params)
        link = f'<{openapi.BASE_PATH}{place}>; rel="successor-version"'
        try:
            response = await handler(request)
        except AppError as refused:
            refused.headers = {**refused.headers, "Deprecation": SINCE, "Link": link}
            raise
        before = response.headers.get("link")
        response.headers["Deprecation"] = SINCE
        response.headers["Link"] = f"{before}, {link}" if before else link
        return response

    return handle


_LIST = openapi.documented(
    "listRequests", "A page of forms without its envelope", parameters=lists.PARAMETERS, gives=schemas.WireForm
)
_LIST["responses"][200] = openapi.array(schemas.WireForm, "a page of forms, without its envelope")
router.get("/requests", **_LIST | {"deprecated": True})(deprecated(lists.list_bare, "/forms"))
router.post("/requests", **making.documented("createRequest", "Ask somebody") | {"deprecated": True})(
    deprecated(making.create_form, "/forms")
)
router.get("/requests/{id}", **openapi.documented("getRequest", "A form in full", **one.READ) | {"deprecated": True})(
    deprecated(one.get_form, "/forms/{id}")
)
router.patch(
    "/requests/{id}",
    **openapi.documented("updateRequest", "Send, call back, end, process or put away", **one.PATCHED)
    | {"deprecated": True},
)(deprecated(one.update_form, "/forms/{id}"))
