"""A member leaves: an administrator says to whom what they own goes, and it goes there as bulk work."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.http import query
from dossier.members import actions
from dossier.members.model import Colleague
from dossier.members.store import people as store
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other
from dossier.web.addresses import Address


@dataclass(frozen=True, slots=True)
class LeavingPages:
    """How somebody leaves who owns things, which have a list at an `address`.

    `owned`: what a member of a workspace owns and does not leave behind; `give_away` has that given to who has an e-mail
    address (“”: to nobody), and gives the id of the change of many, None when there is nothing.
    """

    address: Address
    owned: Callable[[ReadSession, UUID, UUID], Awaitable[Sequence[UUID]]]
    give_away: Callable[[Transaction, UUID, UUID, str], Awaitable[UUID | None]]

    def pages(self) -> tuple[PageRoute, ...]:
        """Asking, and doing it."""
        address = addresses.MEMBERS + "/{id}/remove"
        return (
            PageRoute("GET", address, self.ask, "members.manage"),
            PageRoute("POST", address, self.remove, "members.manage", asks_again=True),
        )

    async def ask(self, request: Request) -> Response:
        """Who leaves, what ends with that, and to whom what they own goes."""
        user, id = current_user(request), _id(request)
        async with database_of(request).reading(user.actor.scope) as reading:
            everybody = await store.everybody(reading, user.workspace_id)
            leaver = _named(everybody, id)
            owned = await self.owned(reading, user.workspace_id, id)
            tokens = await store.tokens_of(reading, user.workspace_id)
        others = [each for each in everybody if each.accepted_at and each.id != id]
        return render(
            request, "members/leaving.html", leaver=leaver, owned=len(owned), others=others, tokens=tokens.get(id)
        )

    async def remove(self, request: Request) -> Response:
        """End the place of a member; what they own goes to whom the form says, all as one change of many things."""
        user, id, to = current_user(request), _id(request), form(request).get("to", "")

        async def handle(transaction: Transaction) -> UUID | None:
            workspace = user.workspace_id
            leaver = _named(await store.everybody(transaction, workspace), id)
            await actions.remove(transaction, workspace, id)
            if to == leaver.email:
                raise Invalid.because("Choose somebody who stays.", pointer="/to")
            if to:
                await actions.owner(transaction, workspace, to, "/to")
            return await self.give_away(transaction, workspace, id, to)

        change = await database_of(request).write(user.actor, handle)
        return see_other(self.address / "bulk" / change if change else addresses.MEMBERS)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _named(everybody: list[Colleague], id: UUID) -> Colleague:
    for each in everybody:
        if each.id == id:
            return each
    raise NotFound.because("There is no such member in this workspace.")
