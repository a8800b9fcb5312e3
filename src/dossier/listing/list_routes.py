"""The routes of a list for programs: a page, how many there are, and one of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read, unless_known
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Collection, Selection, Shape
from dossier.listing.counting import asked_ready, total
from dossier.listing.filtering import Filters, lane, page_answer

T = TypeVar("T")

MAX_NAMED = 20  # fields, as an address would have them: a header is no place for what somebody typed
SLOW = 0.2  # seconds from which on a filter says what it would be faster with


@dataclass(frozen=True, slots=True)
class ListRoutes(Generic[T]):
    """A list at an address: how it is filtered, what reads a page of it, and how a row is `shown` to who asks. `kind`: what is counted."""

    path: str
    kind: Collection
    filters: Filters
    read_page: Callable[[ReadSession, Selection, Page], Awaitable[tuple[int, list[T]]]]
    shown: Callable[[Request], Callable[[T], Mapping[str, Any]]]

    def add(self, router: Router, page: tuple[str, str], count: tuple[str, str], gives: type[BaseModel]) -> None:
        """Add both routes. `page`, `count`: operation and summary; `gives`: the shape of a page."""
        parameters = self.filters.documented
        of_page = openapi.documented(*page, parameters=parameters, gives=gives)
        of_count = openapi.documented(*count, parameters=parameters, gives=openapi.Count)
        router.get(self.path, **of_page)(self._list)
        router.get(self.path + "/count", **of_count)(self._count)

    def one(
        self,
        router: Router,
        id: openapi.Parameter,
        does: tuple[str, str],
        gives: type[BaseModel],
        shape: Shape[T],
        no_such: Callable[[UUID], AppError],
        tag_of: Callable[[T], tuple[int, str]],
    ) -> None:
        """Add the route of one row. `tag_of`: its version, and its entity tag where that says more than the version."""

        async def get_one(request: Request) -> Response:
            query.parameters(request)
            row_id = query.identifier(request.path_params["id"], "id")
            async with read(request) as reading:
                row = await keyset.find(reading, self.kind, shape, row_id)
            if row is None:
                raise no_such(row_id)
            return unless_known(request, lambda: self.shown(request)(row), *tag_of(row))

        documented = openapi.documented(*does, parameters=(id,), gives=gives)
        router.get(self.path + "/{id}", **documented)(get_one)

    async def _list(self, request: Request) -> Response:
        sent = self.filters.sent(request)
        page, selection = query.page(sent), self._selection(request, sent)
        async with read(request, lane(selection, page)) as reading:
            selection, began = await asked_ready(reading, self.kind, selection), monotonic()
            number, rows = await self.read_page(reading, selection, page)
        return page_answer(request, page, number, rows, self.shown(request), _warning(selection, monotonic() - began))

    async def _count(self, request: Request) -> Response:
        sent = self.filters.sent(request)
        query.page(sent)
        selection = self._selection(request, sent)
        async with read(request, lane(selection)) as reading:
            selection, began = await asked_ready(reading, self.kind, selection), monotonic()
            number = await total(reading, self.kind, selection)
        return ApiResponse({"count": number}, headers=_warning(selection, monotonic() - began)).response()

    def _selection(self, request: Request, sent: dict[str, str]) -> Selection:
        return self.filters.selection(sent, request.state.caller.raise_if_uncovered)


def pages_of(
    kind: Collection, shape: Shape[T]
) -> Callable[[ReadSession, Selection, Page], Awaitable[tuple[int, list[T]]]]:
    """What reads a page of rows of that shape as they are."""
    return lambda reading, selection, page: keyset.page(reading, kind, shape, selection, page)


def _warning(selection: Selection, took: float) -> dict[str, str]:
    """The Warning header (RFC 7234 section 5.5, code 299) of a filter that looked at every row, and took long."""
    fields = ", ".join(quote(each) for each in selection.without_index[:MAX_NAMED])
    return {"Warning": f'299 - "fields without index: {fields}"'} if fields and took > SLOW else {}
