"""The pages of saved views: what a list shows, kept under a name; for oneself or for everybody, and one of them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.http import query
from dossier.listing.list_query import ListPage, ListQuery, address, parse_strictly
from dossier.listing.views import SavedView, SavedViews
from dossier.web import CurrentUser, Looker, PageRoute, current_user, database_of, form, render, see_other

MAX_NAME = 100
EVERYTHING = "all"  # in the place of a view's id: the list as it is without any


@dataclass(frozen=True, slots=True)
class ViewPages:
    """What people do with the saved views of a list."""

    page: ListPage
    views: SavedViews

    def pages(self) -> tuple[PageRoute, ...]:
        """The addresses under the list's own."""
        under = self.page.address + "/views"
        return (
            PageRoute("GET", under, self.rail),
            PageRoute("POST", under, self.save, "views.save"),
            PageRoute("POST", under + "/{id}", self.change, "views.save"),
            PageRoute("POST", under + "/{id}/first", self.show_first, "views.save"),
            PageRoute("POST", under + "/{id}/delete", self.delete, "views.save"),
        )

    async def known(self, reading: ReadSession, user: Looker) -> list[SavedView]:
        """The views that a user has."""
        return await self.views.of_member(reading, user.workspace_id, _member(user))

    async def has(self, reading: ReadSession, user: Looker, id: str) -> bool:
        """Whether a user has the view of that id."""
        return any(str(each.id) == id for each in await self.known(reading, user))

    async def rail(self, request: Request) -> Response:
        """The names of the views, as the rail of every page shows them."""
        user = current_user(request)
        async with database_of(request).reading(user.actor.scope) as reading:
            known = await self.known(reading, user)
        return render(request, "components/rail_views.html", views=known, view_address=self.address, chosen=None)

    def shown(self, known: Sequence[SavedView], asked: ListQuery) -> dict[str, Any]:
        """What the list's page and its rail draw of the views: `chosen` is the one looked at, and whether the list shows something else by now."""
        found = next((each for each in known if str(each.id) == asked.view), None)
        chosen = found, found is not None and dict(found.parameters) != asked.kept
        return {"views": known, "view_address": self.address, "chosen": chosen, "list_address": self.page.address}

    async def first(self, request: Request) -> str:
        """Where the view is that the user sees first, if there is one."""
        user = current_user(request)
        async with database_of(request).reading(user.actor.scope) as reading:
            first = await self.views.first(reading, user.workspace_id, _member(user))
        return self.address(first.id, first.parameters) if first else ""

    def address(self, id: object, parameters: Mapping[str, Sequence[str]]) -> str:
        """Where the list is as a view has it."""
        return self.page.address + address({**parameters, "view": [str(id)]})

    def _parameters(self, sent: Mapping[str, str]) -> dict[str, list[str]]:
        return parse_strictly(self.page, query.parsed(sent.get("query", ""))).kept

    async def save(self, request: Request) -> Response:
        """Keep what the list shows under a name."""
        user, sent = current_user(request), form(request)
        name, shared = _name(sent), sent.get("shared") == "yes" and user.may("views.share")
        parameters = self._parameters(sent)

        async def handle(transaction: Transaction) -> UUID:
            await self._raise_if_taken(transaction, user, name)
            return await self.views.insert(
                transaction, user.workspace_id, name, parameters, member_id=_member(user), shared=shared
            )

        id = await database_of(request).write(user.actor, handle)
        return see_other(self.address(id, parameters))

    async def change(self, request: Request) -> Response:
        """Another name, and what is shown now in the place of what it showed, if the form says so."""
        user, sent, id = current_user(request), form(request), _id(request)
        name, parameters = _name(sent), self._parameters(sent)
        new = parameters if sent.get("update") == "yes" else None

        async def handle(transaction: Transaction) -> bool:
            await self._raise_if_taken(transaction, user, name, id)
            return await self.views.change(transaction, user.workspace_id, id, name, new, _owned_by(user))

        if not await database_of(request).write(user.actor, handle):
            raise NotFound.because("There is no such view, or it is somebody else's.")
        return see_other(self.address(id, parameters))

    async def show_first(self, request: Request) -> Response:
        """The view that this member sees first from now on, or none."""
        user, sent, id = current_user(request), form(request), _id(request)
        first = id if sent.get("first") == "yes" else None

        async def handle(transaction: Transaction) -> None:
            known = await self.known(transaction, user)
            if all(each.id != id for each in known):
                raise NotFound.because("There is no such view, or it is somebody else's.")
            await self.views.show_first(transaction, user.workspace_id, _member(user), first)

        await database_of(request).write(user.actor, handle)
        return see_other(self.address(id, self._parameters(sent)))

    async def delete(self, request: Request) -> Response:
        """Forget a view: one's own; administrators also shared ones."""
        user, id = current_user(request), _id(request)
        handle = lambda tx: self.views.delete(tx, user.workspace_id, id, owned_by=_owned_by(user))  # noqa: E731
        if not await database_of(request).write(user.actor, handle):
            raise NotFound.because("There is no such view, or it is somebody else's.")
        return see_other(f"{self.page.address}?view={EVERYTHING}")

    async def _raise_if_taken(
        self, transaction: Transaction, user: CurrentUser, name: str, but: UUID | None = None
    ) -> None:
        known = await self.known(transaction, user)
        if any(each.name.casefold() == name.casefold() and each.id != but for each in known):
            raise Conflict.because(
                "There is a view of that name; choose it and change it, or take another name.", "duplicate"
            )


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _member(user: Looker) -> UUID:
    assert user.actor.id
    return user.actor.id


def _owned_by(user: CurrentUser) -> UUID | None:
    return None if user.may("views.manage") else user.actor.id


def _name(sent: Mapping[str, str]) -> str:
    name = sent.get("name", "").strip()
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid.because("A view needs a name, of at most {count} characters.", pointer="/name", count=MAX_NAME)
    return name
