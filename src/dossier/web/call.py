"""An address of the app that scripts of its pages call as programs call the API: statuses and JSON, in the reader's language."""

from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dossier.foundation import exact, json
from dossier.foundation.errors import AppError, Forbidden
from dossier.foundation.http.middleware import once_more
from dossier.foundation.http.responses import error_objects, json_response
from dossier.foundation.pages.reader import language_of
from dossier.web.area import Area
from dossier.web.csrf import raise_if_foreign, raise_if_not_ours
from dossier.web.page import PageRoute, raise_if_open_http
from dossier.web.requests import SAFE, database_of


@dataclass(frozen=True)
class Call(PageRoute):
    """Such an address. What it changes it changes for who sends the session's token in `X-Form-Token`; it reads its body itself."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]  # type: ignore[assignment]


@dataclass(frozen=True)
class Called:
    """What lies between the gate and its view."""

    route: Call
    area: Area

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.user, request.state.area = None, self.area
        try:
            response = await once_more(self.route.method, lambda: self._answer(request))
        except AppError as refusal:
            if refusal.status == Forbidden.status and request.state.user:
                what = f"{self.route.method} {self.route.path}"
                await self.area.note_refused(database_of(request), request.state.user.actor, what)
            response = _refused(request, refusal)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        raise_if_open_http(request)
        guest = request.state.user = await self.area.authenticate(request)
        exact.language.set(language_of(request).code)
        self.area.admit(self.route.needs, guest)
        if request.method not in SAFE:
            raise_if_foreign(request)
            raise_if_not_ours(request, guest, {})
        return await self.route.view(request)


def _refused(request: Request, refusal: AppError) -> Response:
    said = language_of(request).said
    errors: list[dict[str, Any]] = error_objects(refusal)
    for error, problem in zip(errors, refusal.problems, strict=True):
        error["detail"] = said(problem.message)
    return json_response(json.encode({"errors": errors}), refusal.status, refusal.headers)
