"""Changing many things at once: what was asked, how far it is, what came of each, and taking it back."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.http import query
from dossier.listing.counting import ids
from dossier.listing.list_query import ListPage, ResolvedQuery
from dossier.records.actions.bulk import Bulk, bulk_asked_by, bulk_results, take_back_bulk
from dossier.records.model import BulkChange, T
from dossier.web import CurrentUser, PageRoute, current_user, database_of, form, render, see_other

RESULTS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class BulkPages(Generic[T]):
    """What people do to many things of a list at once.

    `ask`: has the things changed (kind, value, ids); `most`: how many at the most. `look`: which rows an address of the list means.
    `meant`: what was asked for, by name; `names`: what the things are called, for the templates: the page, and its
    part that is fetched again until all is done.
    """

    page: ListPage
    bulk: Bulk[T]
    most: int
    ask: Callable[[Transaction, UUID, str, str, Sequence[UUID]], Awaitable[UUID]]
    look: Callable[[ReadSession, CurrentUser, QueryParams, datetime], Awaitable[ResolvedQuery]]
    meant: Callable[[ReadSession, BulkChange], Awaitable[str]]
    names: Callable[[ReadSession, Collection[UUID]], Awaitable[Mapping[UUID, Any]]]
    template: str
    part: str

    def pages(self) -> tuple[PageRoute, ...]:
        """The addresses under the list's own."""
        under = self.page.address + "/bulk"
        return (
            PageRoute("POST", under, self.start),
            PageRoute("GET", under + "/{id}", self.progress),
            PageRoute("POST", under + "/{id}/back", self.take_back),
        )

    async def start(self, request: Request) -> Response:
        """Begin to change the chosen things, on whatever page of the list they were chosen, or all that it shows."""
        user, sent = current_user(request), form(request)
        kind, _, value = sent.get("change", "").partition(":")
        chosen = list(dict.fromkeys(await self._listed(request) if sent.get("all") == "yes" else self._chosen(request)))
        handle = lambda tx: self.ask(tx, user.workspace_id, kind, value, chosen)  # noqa: E731
        return self._progress_of(await database_of(request).write(user.actor, handle))

    async def progress(self, request: Request) -> Response:
        """How far a change is; a script of the page asks for the part alone."""
        user, part = current_user(request), bool(request.headers.get("hx-request"))
        async with database_of(request).reading(user.actor.scope) as reading:
            found = await self._found(request, reading)
            results = await bulk_results(reading, user.workspace_id, found.id, RESULTS_SHOWN)
            names = await self.names(reading, [each.id for each in results])
            meant = "" if part else await self.meant(reading, found)
        template = self.part if part else self.template
        return render(request, template, bulk=found, meant=meant, results=results, names=names, shown=RESULTS_SHOWN)

    async def take_back(self, request: Request) -> Response:
        """Take the whole change back: in the things that were changed, and no other."""
        user = current_user(request)

        async def handle(transaction: Transaction) -> UUID:
            found = await self._found(request, transaction)
            return await take_back_bulk(transaction, self.bulk, user.workspace_id, found.id)

        return self._progress_of(await database_of(request).write(user.actor, handle))

    def _progress_of(self, id: UUID) -> Response:
        return see_other(self.page.address / "bulk" / id)

    async def _listed(self, request: Request) -> list[UUID]:
        """The things that the list shows, on every page: asked for as lists are, so that nobody's writing waits for it."""
        user, database = current_user(request), database_of(request)
        asked = query.parsed(form(request).get("query", ""))
        async with database.reading(user.actor.scope, "costly") as reading:
            resolved = await self.look(reading, user, asked, database.clock())
            return await ids(reading, self.page.kind, resolved.matching, self.most + 1)

    def _chosen(self, request: Request) -> list[UUID]:
        name = self.bulk.record.name
        on_this_page = [text for each, text in request.state.form if each == name]
        return [query.identifier(each, name) for each in on_this_page + form(request).get("elsewhere", "").split()]

    async def _found(self, request: Request, reading: ReadSession) -> BulkChange:
        user, id = current_user(request), query.identifier(request.path_params["id"], "id")
        return await bulk_asked_by(reading, self.bulk, user.workspace_id, id, user.actor.id)
