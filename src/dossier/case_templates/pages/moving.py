"""A thing moved to the current version of its template: what that does is shown first."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.actions.moving import Moving
from dossier.case_templates.model import member_labels
from dossier.fields import FIELD_TYPES
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, render, see_other
from dossier.web.addresses import Address


@dataclass(frozen=True, slots=True)
class MovePages:
    """The page on which things move whose pages are under an `address`; the `template` that draws it gets the `thing` and the `move`."""

    moving: Moving[Any]
    address: Address
    template: str

    def pages(self) -> tuple[PageRoute, ...]:
        """What moving does, and doing it."""
        address = self.address + "/{id}/template"
        return (
            PageRoute("GET", address, self.look, self.moving.needs),
            PageRoute("POST", address, self.move, self.moving.needs),
        )

    async def look(self, request: Request) -> Response:
        """What moving would do."""
        return await self._preview(request)

    async def move(self, request: Request) -> Response:
        """Move it, and show it; what is in the way is shown where it was asked for."""
        sent, id = form(request), query.identifier(request.path_params["id"], "id")
        version, seen = (_whole(sent.get(name, "")) for name in ("template_version", "version"))
        handle = lambda tx: self.moving.move(tx, id, version, sent.get("status", ""), seen)  # noqa: E731
        try:
            await database_of(request).write(current_user(request).actor, handle)
        except AppError as refusal:
            return await self._preview(request, refusal)
        return see_other(self.address / id)

    async def _preview(self, request: Request, refusal: AppError | None = None) -> Response:
        async with database_of(request).reading(current_user(request).actor.scope) as reading:
            thing, move = await self.moving.preview(reading, query.identifier(request.path_params["id"], "id"))
        if move is None:
            return see_other(self.address / thing.id)
        return render(
            request,
            self.template,
            types=FIELD_TYPES,
            option_labels=member_labels(),
            status=refusal.status if refusal else 200,
            thing=thing,
            move=move,
            problems=[each.message for each in move.problems],
            refusal=refusal,
        )


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise Invalid.because("Reload the page, and do it again.")
    return int(text)
