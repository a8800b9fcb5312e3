"""The pages of a list: searched, filtered, sorted, counted and leafed through, with its saved views, and as a file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.rows import FilterAttribute, shown_rows
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import NotFound
from dossier.listing.collection import Matching, Shape
from dossier.listing.counting import counts_by_state
from dossier.listing.export import Export, ExportedColumns, steady
from dossier.listing.field_index import FieldIndex
from dossier.listing.field_states import slow_fields
from dossier.listing.list_query import ListPage, ResolvedQuery, resolve
from dossier.listing.view_pages import EVERYTHING, ViewPages
from dossier.listing.views import SavedViews
from dossier.web import CurrentUser, PageRoute, current_user, database_of, render, see_other

T = TypeVar("T")

PAGE_SIZE = 25  # rows

Choices = tuple[Sequence[FilterAttribute], Mapping[str, Any]]
"""What a list can be filtered by, and what more its template draws."""


@dataclass(frozen=True, slots=True)
class ListPages(Generic[T]):
    """What a list shows of each row (`shape`), the `template` that draws it, and where its saved views are.

    `choices`: what it can be filtered by, for a user. In a file stand the rows of another shape, `exported`, with the
    `columns` that these rows have; `note` notes that so many columns were taken out, before they are. `fields`: which of its fields
    have an index, where it has fields.
    """

    page: ListPage
    shape: Shape[T]
    template: str
    views: SavedViews
    choices: Callable[[ReadSession, CurrentUser], Awaitable[Choices]]
    exported: Shape[Any]
    columns: Callable[[Request, ReadSession, Matching], Awaitable[ExportedColumns]]
    note: Callable[[Request, int], Awaitable[None]]
    fields: FieldIndex | None = None

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

    async def look(
        self, reading: ReadSession, user: CurrentUser, parameters: QueryParams, now: datetime
    ) -> tuple[ResolvedQuery, Mapping[str, Any]]:
        """Which rows an address of the list means, and what more its template draws."""
        choices, more = await self.choices(reading, user)
        resolved = await resolve(reading, self.page, user, parameters, now, choices)
        asked = resolved.query
        if (
            asked.view not in ("", EVERYTHING)
            and not asked.kept
            and not await self._views.has(reading, user, asked.view)
        ):
            missing = NotFound.because("There is no such view, or it is somebody else's.")
            return replace(resolved, wrong=resolved.wrong or missing), more
        return resolved, more

    async def meant(
        self, reading: ReadSession, user: CurrentUser, parameters: QueryParams, now: datetime
    ) -> ResolvedQuery:
        """The same for what is done with the rows: 400 or 404 where something is wrong with what was asked for."""
        return (await self.look(reading, user, parameters, now))[0].strictly()

    async def list(self, request: Request) -> Response:
        """The template gets `rows`, `numbers`, `counts` by state, `search`, `asked`, `wrong`, `condition`,
        the `slow` fields, the views, and more."""
        user, pages, database = current_user(request), self._views, database_of(request)
        if not request.query_params and (first := await pages.first(request)):
            return see_other(first)
        states = [each.attribute for each in self.page.states.values()]
        async with database.reading(user.actor.scope, "costly") as reading:
            resolved, more = await self.look(reading, user, request.query_params, database.clock())
            known = await pages.known(reading, user)
            slow = await slow_fields(reading, self.fields, self.page.kind, resolved) if self.fields else ()
            numbers = await resolved.numbers(reading, states, exactly=request.query_params.get("count") == "exact")
            shown = await resolved.fetch(reading, self.shape, PAGE_SIZE, nothing=not (numbers.total or numbers.more))
        asked = resolved.query
        return render(
            request,
            self.template,
            status=resolved.wrong.status if resolved.wrong else 200,
            rows=shown.rows,
            numbers=numbers,
            counts=counts_by_state(numbers.groups, states, asked.states),
            search=resolved.search,
            asked=asked,
            wrong=resolved.wrong,
            condition=shown_rows(resolved.choices, asked.match, asked.rows),
            slow=slow,
            reads_all=bool(resolved.asked.without_index),
            previous=asked.previous(shown),
            next=asked.next(shown),
            **pages.shown(known, asked),
            **more,
        )

    async def as_csv(self, request: Request) -> Response:
        """The list as CSV, with names for people or with `keys` for programs."""
        return (await self._export(request)).as_csv()

    async def as_xlsx(self, request: Request) -> Response:
        """The list as a workbook."""
        return await (await self._export(request)).as_xlsx()

    async def _export(self, request: Request) -> Export:
        user, database = current_user(request), database_of(request)
        async with database.reading(user.actor.scope, "costly") as reading:
            resolved = await self.meant(reading, user, request.query_params, database.clock())
            columns = await self.columns(request, reading, resolved.matching)
        await self.note(request, len(columns.names))
        name, scope, order = self.page.address.rpartition("/")[2], user.actor.scope, steady(resolved.query.order)
        return Export(name, database, scope, self.page.kind, self.exported, resolved.matching, order, columns)
