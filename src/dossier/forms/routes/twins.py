"""The same under the names that they once had: deprecated, and said so on every answer."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import schemas
from dossier.forms.routes import lists, making, one
from dossier.foundation.http import openapi
from dossier.foundation.http.deprecated import deprecated
from dossier.foundation.http.router import Router

router = Router()

Handler = Callable[[Request], Awaitable[Response]]


def _twin(handler: Handler, successor: str) -> Handler:
    return deprecated(openapi.BASE_PATH + successor)(handler)


_LIST = openapi.documented(
    "listRequests", "A page of forms without its envelope", parameters=lists.PARAMETERS, gives=schemas.WireForm
)
_LIST["responses"][200] = openapi.array(schemas.WireForm, "a page of forms, without its envelope")
router.get("/requests", **_LIST | {"deprecated": True})(_twin(lists.list_bare, "/forms"))
router.post("/requests", **making.documented("createRequest", "Ask somebody") | {"deprecated": True})(
    _twin(making.create_form, "/forms")
)
router.get("/requests/{id}", **openapi.documented("getRequest", "A form in full", **one.READ) | {"deprecated": True})(
    _twin(one.get_form, "/forms/{id}")
)
router.patch(
    "/requests/{id}",
    **openapi.documented("updateRequest", "Send, call back, end, process or put away", **one.PATCHED)
    | {"deprecated": True},
)(_twin(one.update_form, "/forms/{id}"))
