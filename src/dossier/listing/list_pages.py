"""The pages of a list: searched, filtered, sorted, counted and leafed through, with its saved views, and as a file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.rows import FilterAttribute, shown_rows
from dossier.foundation.actor import Actor
from dossier.foundation.database import Database, ReadSession
from dossier.foundation.errors import NotFound
from dossier.foundation.jobs import Jobs
from dossier.foundation.pages.language import Language
from dossier.listing.collection import Matching, Shape
from dossier.listing.counting import counts_by_state
from dossier.listing.export import AT_ONCE, ExportedColumns
from dossier.listing.export_pages import ExportPages
from dossier.listing.field_index import FieldIndex
from dossier.listing.field_states import slow_fields
from dossier.listing.list_query import ListPage, ResolvedQuery, resolve
from dossier.listing.view_pages import EVERYTHING, ViewPages
from dossier.listing.views import SavedViews
from dossier.web import Looker, PageRoute, current_user, database_of, render, see_other

T = TypeVar("T")

PAGE_SIZE = 25  # rows

Choices = tuple[Sequence[FilterAttribute], Mapping[str, Any]]
"""What a list can be filtered by, and what more its template draws."""


@dataclass(frozen=True, slots=True)
class ListPages(Generic[T]):
    """What a list shows of each row (`shape`), the `template` that draws it, and where its saved views are.

    `choices`: what it can be filtered by, for a user. In a file stand the rows of another shape, `exported`, with the
    `columns` that these rows have; `note` and `looker` as `ExportPages` takes them. `fields`: which of its fields have an index,
    where it has fields.
    """

    page: ListPage
    shape: Shape[T]
    template: str
    views: SavedViews
    choices: Callable[[ReadSession, Looker], Awaitable[Choices]]
    exported: Shape[Any]
    columns: Callable[[Looker, Language, ReadSession, Matching, str, bool], Awaitable[ExportedColumns]]
    note: Callable[[Database, Actor, int], Awaitable[None]]
    looker: Callable[[ReadSession, UUID, UUID], Awaitable[Looker | None]]
    fields: FieldIndex | None = None

    def pages(self) -> tuple[PageRoute, ...]:
        """The list, its views, and the files under its address."""
        address = self.page.address
        return (
            PageRoute("GET", address, self.list),
            *self._exports.pages(),
            *self._views.pages(),
        )

    def jobs(self) -> Jobs:
        """What is done later for the list."""
        return self._exports.jobs()

    @property
    def _views(self) -> ViewPages:
        return ViewPages(self.page, self.views)

    @property
    def _exports(self) -> ExportPages:
        return ExportPages(self.page, self.exported, self.columns, self.meant, self.note, self.looker)

    async def look(
        self, reading: ReadSession, user: Looker, parameters: QueryParams, now: datetime
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

    async def meant(self, reading: ReadSession, user: Looker, parameters: QueryParams, now: datetime) -> ResolvedQuery:
        """The same for what is done with the rows: 400 or 404 where something is wrong with what was asked for."""
        return (await self.look(reading, user, parameters, now))[0].strictly()

    async def list(self, request: Request) -> Response:
        """The template gets `rows`, `numbers`, up to how many a workbook is made `at_once`, `counts` by state, `search`, `asked`, `wrong`, `condition`,
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
            at_once=AT_ONCE,
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
