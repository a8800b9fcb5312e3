"""Which fields of a list have an index, for who designs templates: one is made, is on its way, or is given up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.listing.field_states import FieldState, field_states
from dossier.listing.list_pages import ListPages
from dossier.web import PageRoute, current_user, database_of, form, render, see_other
from dossier.web.addresses import Address

Act = Callable[[Transaction, UUID, str], Awaitable[None]]
"""Something done about the index of a field of a workspace."""


@dataclass(frozen=True, slots=True)
class IndexPages:
    """What people do about the indexes of a list's fields: `keep` one, `drop` one. `template`: of all of them; `part`: of one."""

    lists: ListPages[Any]
    keep: Act
    drop: Act
    needs: str
    template: str
    part: str

    def pages(self) -> tuple[PageRoute, ...]:
        """The addresses under the list's own."""
        return (
            PageRoute("GET", self._address, self.indexes, self.needs),
            PageRoute("POST", self._address, self.change, self.needs),
            PageRoute("GET", self._address + "/{key}", self.progress, self.needs),
        )

    @property
    def _address(self) -> Address:
        return self.lists.page.address / "indexes"

    async def indexes(self, request: Request) -> Response:
        """Every field that the list can be filtered by, and how its index stands."""
        return render(request, self.template, fields=await self._states(request))

    async def progress(self, request: Request) -> Response:
        """The part of a page about one field, which fetches itself until the index is there; 404."""
        key = request.path_params["key"]
        found = [each for each in await self._states(request) if each.key == key]
        if not found:
            raise NotFound.because("There is nothing at this address.")
        return render(request, self.part, field=found[0], back=_back(request.query_params.get("back", "")))

    async def change(self, request: Request) -> Response:
        """Have an index of a field, or no longer; then back to the list, if that is where it was asked for."""
        user, sent = current_user(request), form(request)
        act = self.drop if sent.get("wanted") == "no" else self.keep
        await database_of(request).write(user.actor, lambda tx: act(tx, user.workspace_id, sent.get("field", "")))
        return see_other(self.lists.page.address + _back(sent["back"]) if sent.get("back") else self._address)

    async def _states(self, request: Request) -> Sequence[FieldState]:
        user, index = current_user(request), self.lists.fields
        assert index
        async with database_of(request).reading(user.actor.scope) as reading:
            choices, _ = await self.lists.choices(reading, user)
            return await field_states(reading, index, self.lists.page.kind, choices)


def _back(query: str) -> str:
    """The address of a list as a page of ours says it: only ever what stands behind the list's own."""
    return query if query.startswith("?") else ""
