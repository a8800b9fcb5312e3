"""What people do with one thing from its page: change it, put it away, take something back; then they see it again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.http import query
from dossier.records.actions.undo import TakingBack
from dossier.records.model import A
from dossier.web import PageRoute, current_user, database_of, form, see_other
from dossier.web.addresses import Address


@dataclass(frozen=True, slots=True)
class ActPages(Generic[A]):
    """What is done with things whose pages are under an `address`."""

    taking_back: TakingBack[A]
    address: Address

    def pages(self) -> tuple[PageRoute, ...]:
        """What is done in the same way with all that is kept."""
        return (
            PageRoute("POST", self.address + "/{id}/undo", self.undo),
            PageRoute("POST", self.address + "/{id}/archive", self.archive),
        )

    async def undo(self, request: Request) -> Response:
        """Take an entry of the history back, with what came of it."""
        entry = query.identifier(form(request).get("entry", ""), "entry")
        return await self.done(request, lambda tx, thing: self.taking_back.undo(tx, thing, entry, followed=True))

    async def archive(self, request: Request) -> Response:
        """Put it away, or take it out again."""
        archived = form(request).get("archived") == "true"
        return await self.done(request, lambda tx, thing: self.taking_back.keeping.archive(tx, thing, archived))

    async def done(self, request: Request, act: Callable[[Transaction, UUID], Awaitable[Any]]) -> Response:
        """Do something with the thing of the address, and show it again."""
        id = query.identifier(request.path_params["id"], "id")
        await database_of(request).write(current_user(request).actor, lambda tx: act(tx, id))
        return see_other(self.address / id)
