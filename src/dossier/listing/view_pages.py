"""The pages of saved views: what a list shows, kept under a name; for oneself or for everybody, and one of them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Reading, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.http import query
from dossier.listing.list_query import ListPage, ListQuery, address, parse_query
from dossier.listing.views import SavedView, SavedViews
from dossier.web import PageRoute, Visitor, database_of, form, render, see_other, visitor_of

LONGEST_NAME = 100
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
            PageRoute("POST", under, self.save),
            PageRoute("POST", under + "/{id}", self.change),
            PageRoute("POST", under + "/{id}/first", self.show_first),
            PageRoute("POST", under + "/{id}/delete", self.delete),
        )

    async def known(self, reading: Reading, visitor: Visitor) -> list[SavedView]:
        """The views that a visitor has."""
        return await self.views.of_member(reading, visitor.workspace_id, _member(visitor))

    async def rail(self, request: Request) -> Response:
        """The names of the views, as the rail of every page shows them."""
        visitor = visitor_of(request)
        async with database_of(request).reading(visitor.actor.scope) as reading:
            known = await self.known(reading, visitor)
        return render(request, "components/rail_views.html", views=known, view_address=self.address, chosen=None)

    async def first(self, request: Request) -> str:
        """Where the view is that the visitor sees first, if there is one."""
        visitor = visitor_of(request)
        async with database_of(request).reading(visitor.actor.scope) as reading:
            first = await self.views.first(reading, visitor.workspace_id, _member(visitor))
        return self.address(first.id, first.parameters) if first else ""

    def address(self, id: object, parameters: Mapping[str, Sequence[str]]) -> str:
        """Where the list is as a view has it."""
        return self.page.address + address({**parameters, "view": [str(id)]})

    def _parameters(self, sent: Mapping[str, str]) -> dict[str, list[str]]:
        return parse_query(self.page, query.parsed(sent.get("query", ""))).kept

    async def save(self, request: Request) -> Response:
        """Keep what the list shows under a name."""
        visitor, sent = visitor_of(request), form(request)
        name, shared = _name(sent), sent.get("shared") == "yes" and visitor.role != "limited"
        parameters = self._parameters(sent)

        async def work(transaction: Transaction) -> UUID:
            await self._refuse_taken(transaction, visitor, name)
            return await self.views.insert(
                transaction, visitor.workspace_id, name, parameters, member_id=_member(visitor), shared=shared
            )

        id = await database_of(request).write(visitor.actor, work)
        return see_other(self.address(id, parameters))

    async def change(self, request: Request) -> Response:
        """Another name, and what is shown now in the place of what it showed, if the form says so."""
        visitor, sent, id = visitor_of(request), form(request), _id(request)
        name, parameters = _name(sent), self._parameters(sent)
        new = parameters if sent.get("update") == "yes" else None

        async def work(transaction: Transaction) -> bool:
            await self._refuse_taken(transaction, visitor, name, id)
            return await self.views.change(transaction, visitor.workspace_id, id, name, new, _owned_by(visitor))

        if not await database_of(request).write(visitor.actor, work):
            raise NotFound.because("There is no such view, or it is somebody else's.")
        return see_other(self.address(id, parameters))

    async def show_first(self, request: Request) -> Response:
        """The view that this member sees first from now on, or none."""
        visitor, sent, id = visitor_of(request), form(request), _id(request)
        first = id if sent.get("first") == "yes" else None

        async def work(transaction: Transaction) -> None:
            known = await self.known(transaction, visitor)
            if all(each.id != id for each in known):
                raise NotFound.because("There is no such view, or it is somebody else's.")
            await self.views.show_first(transaction, visitor.workspace_id, _member(visitor), first)

        await database_of(request).write(visitor.actor, work)
        return see_other(self.address(id, self._parameters(sent)))

    async def delete(self, request: Request) -> Response:
        """Forget a view: one's own; administrators also shared ones."""
        visitor, id = visitor_of(request), _id(request)
        work = lambda tx: self.views.delete(tx, visitor.workspace_id, id, owned_by=_owned_by(visitor))  # noqa: E731
        if not await database_of(request).write(visitor.actor, work):
            raise NotFound.because("There is no such view, or it is somebody else's.")
        return see_other(f"{self.page.address}?view={EVERYTHING}")

    async def _refuse_taken(
        self, transaction: Transaction, visitor: Visitor, name: str, but: UUID | None = None
    ) -> None:
        known = await self.known(transaction, visitor)
        if any(each.name.casefold() == name.casefold() and each.id != but for each in known):
            raise Conflict.because(
                "There is a view of that name; choose it and change it, or take another name.", "duplicate"
            )


def chosen(views: Sequence[SavedView], asked: ListQuery) -> tuple[SavedView | None, bool]:
    """The view that is looked at, and whether the list shows something else by now."""
    found = next((each for each in views if str(each.id) == asked.view), None)
    return found, found is not None and dict(found.parameters) != asked.kept


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _member(visitor: Visitor) -> UUID:
    assert visitor.actor.id
    return visitor.actor.id


def _owned_by(visitor: Visitor) -> UUID | None:
    return None if visitor.is_administrator else visitor.actor.id


def _name(sent: Mapping[str, str]) -> str:
    name = sent.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid.because(
            "A view needs a name, of at most {count} characters.", pointer="/name", count=LONGEST_NAME
        )
    return name
