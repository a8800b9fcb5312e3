"""The pages of a kind whose list needs nothing but its rows: searched, filtered, sorted and leafed through, and as a file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.rows import Choice, operator_of
from dossier.foundation.database import ReadSession
from dossier.listing.collection import Shape
from dossier.listing.export import AttributeColumns, Export, steady
from dossier.listing.list_query import ListPage, ResolvedQuery, resolve
from dossier.listing.view_pages import ViewPages
from dossier.listing.views import SavedViews
from dossier.web import PageRoute, current_user, database_of, language_of, render, see_other

T = TypeVar("T")

PAGE_SIZE = 25  # rows


def counts_exactly(request: Request) -> bool:
    """Whether somebody wants to know how many there are, however many."""
    return request.query_params.get("count") == "exact"


@dataclass(frozen=True, slots=True)
class ListPages(Generic[T]):
    """What a list shows of each row, by which `choices` it is filtered, and the `template` that draws it.

    `views`: where its saved views are. `columns`: attribute of a row → its name in a file, from the reader's gettext. `note` notes that so many columns were
    taken out, before they are.
    """

    page: ListPage
    shape: Shape[T]
    choices: Sequence[Choice]
    template: str
    views: SavedViews
    columns: Callable[[Callable[[str], str]], Mapping[str, str]]
    note: Callable[[Request, int], Awaitable[None]]

    def pages(self) -> tuple[PageRoute, ...]:
        """The list, its views, and the files under its address."""
        address = self.page.address
        return (
            PageRoute("GET", address, self.list),
            PageRoute("GET", address + "/export.csv", self.as_csv, asks_again=True),
            PageRoute("GET", address + "/export.xlsx", self.as_xlsx, asks_again=True),
            *self._views.pages(),
        )

    @property
    def _views(self) -> ViewPages:
        return ViewPages(self.page, self.views)

    async def list(self, request: Request) -> Response:
        """The template gets `rows`, `numbers`, `search`, `asked`, `wrong`, `choices`, `operator_of`, `previous`, `next`, and the views."""
        user, pages = current_user(request), self._views
        if not request.query_params and (first := await pages.first(request)):
            return see_other(first)
        async with database_of(request).reading(user.actor.scope, "costly") as reading:
            resolved = await self._resolved(request, reading)
            known = await pages.known(reading, user)
            asked = resolved.query
            numbers = await resolved.numbers(reading, (), exactly=counts_exactly(request))
            shown = await resolved.fetch(reading, self.shape, PAGE_SIZE)
        return render(
            request,
            self.template,
            status=resolved.wrong.status if resolved.wrong else 200,
            rows=shown.rows,
            numbers=numbers,
            search=resolved.search,
            asked=asked,
            wrong=resolved.wrong,
            choices=self.choices,
            operator_of=operator_of,
            previous=asked.previous(shown),
            next=asked.next(shown),
            **pages.shown(known, asked),
        )

    async def as_csv(self, request: Request) -> Response:
        """The list as CSV, with names for people or with `keys` for programs."""
        return (await self._export(request)).as_csv()

    async def as_xlsx(self, request: Request) -> Response:
        """The list as a workbook."""
        return await (await self._export(request)).as_xlsx()

    async def _resolved(self, request: Request, reading: ReadSession) -> ResolvedQuery:
        now = database_of(request).clock()
        return await resolve(reading, self.page, current_user(request), request.query_params, now, self.choices)

    async def _export(self, request: Request) -> Export:
        user, database = current_user(request), database_of(request)
        async with database.reading(user.actor.scope, "costly") as reading:
            resolved = (await self._resolved(request, reading)).strictly()
        names = self.columns(language_of(request).gettext)
        await self.note(request, len(names))
        columns = AttributeColumns(names, user.time_zone, "keys" in request.query_params)
        name, scope, order = self.page.address.rpartition("/")[2], user.actor.scope, steady(resolved.query.order)
        return Export(name, database, scope, self.page.kind, self.shape, resolved.matching, order, columns)
