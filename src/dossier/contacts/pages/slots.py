"""The contacts in the slots of a thing, edited by people: who is known already is asked about before anything changes elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.contacts.actions.slots import ContactIsKnown, ContactSlots, Shared
from dossier.contacts.model import DETAILS, typed
from dossier.foundation.database import Transaction
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, render, see_other
from dossier.web.addresses import Address

ANSWERS: tuple[Shared, ...] = ("ask", "change", "new")


@dataclass(frozen=True, slots=True)
class SlotPages:
    """Who is in the slots of things whose pages are under an `address`."""

    slots: ContactSlots[Any]
    address: Address

    def pages(self) -> tuple[PageRoute, ...]:
        """The address of each slot of a thing."""
        return (PageRoute("POST", self.address + "/{id}/contacts/{key}", self.set_contact, "contacts.change"),)

    async def set_contact(self, request: Request) -> Response:
        """Set the members of one slot; all of them empty: nobody is in it any more."""
        sent, id = form(request), query.identifier(request.path_params["id"], "id")
        contact = typed(
            sent, ("email",) if sent.get("as_is") else DETAILS
        )  # of who is to be used as they are, the address
        shared = query.choice(sent, "shared", ANSWERS, "ask")
        return await self.put(request, id, request.path_params["key"], contact, shared, query.version_seen(sent))

    async def put(
        self,
        request: Request,
        id: UUID,
        key: str,
        contact: Mapping[str, str | None],
        shared: Shared,
        seen: int | None = None,
    ) -> Response:
        """Put somebody in a slot, and show the thing; or the question, where others know them already.

        412 where somebody else changed the slot after the version that was `seen`.
        """
        slot = {"key": key, **(contact if any(contact.values()) else {"contact": None})}

        async def handle(transaction: Transaction) -> None:
            await self.slots.update(transaction, id, [slot], seen, shared)

        try:
            await database_of(request).write(current_user(request).actor, handle)
        except ContactIsKnown as known:
            return await self._ask(request, id, key, known)
        return see_other(self.address / id)

    async def _ask(self, request: Request, id: UUID, key: str, asked: ContactIsKnown) -> Response:
        async with database_of(request).reading(current_user(request).actor.scope) as reading:
            thing = await self.slots.keeping.get(reading, id)
        filled = thing.contacts.get(key)
        return render(
            request,
            "contacts/contact_is_known.html",
            status=409,
            thing=thing,
            address=self.address / id,
            slot=key,
            asked=asked,
            same=bool(filled and filled.contact.id == asked.known.id),
            sent=form(request),
        )
