"""The routes of a list for programs: a page, and how many there are."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import ReadSession
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.lists import Page
from dossier.listing.collection import Collection, Selection
from dossier.listing.counting import total
from dossier.listing.filtering import Filters, lane, page_answer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListRoutes(Generic[T]):
    """A list at an address: how it is filtered, what reads a page of it, and how a row is `shown`. `kind`: what is counted."""

    path: str
    kind: Collection
    filters: Filters
    read_page: Callable[[ReadSession, Selection, Page], Awaitable[tuple[int, list[T]]]]
    shown: Callable[[T], Mapping[str, Any]]

    def add(self, router: APIRouter, page: tuple[str, str], count: tuple[str, str], gives: type[BaseModel]) -> None:
        """Add both routes. `page`, `count`: operation and summary; `gives`: the shape of a page."""
        parameters = self.filters.documented
        of_page = openapi.documented(*page, parameters=parameters, gives=gives)
        of_count = openapi.documented(*count, parameters=parameters, gives=openapi.Count)
        router.get(self.path, **of_page)(self._list)
        router.get(self.path + "/count", **of_count)(self._count)

    async def _list(self, request: Request) -> Response:
        sent = self.filters.sent(request)
        page, selection = query.page(sent), self._selection(request, sent)
        async with read(request, lane(selection, page)) as reading:
            number, rows = await self.read_page(reading, selection, page)
        return page_answer(request, page, number, rows, self.shown)

    async def _count(self, request: Request) -> Response:
        sent = self.filters.sent(request)
        query.page(sent)
        selection = self._selection(request, sent)
        async with read(request, lane(selection)) as reading:
            return ApiResponse({"count": await total(reading, self.kind, selection)}).response()

    def _selection(self, request: Request, sent: dict[str, str]) -> Selection:
        return self.filters.selection(sent, request.state.caller.raise_if_uncovered)
