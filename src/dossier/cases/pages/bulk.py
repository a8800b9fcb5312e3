"""Changing many cases at once: what was asked, how far it is, and what came of each."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases.actions import bulk
from dossier.cases.pages.lists import LIST
from dossier.cases.pages.looking import look_strictly
from dossier.cases.store import bulk as store
from dossier.cases.store import overview
from dossier.foundation.database import Row, Transaction
from dossier.foundation.errors import Forbidden, NotFound
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, render, see_other, visitor_of

RESULTS_SHOWN = 500
_REVERSE = {"archive": "unarchive", "unarchive": "archive"}


async def start(request: Request) -> Response:
    """Begin to change the chosen cases, or all that the list shows."""
    visitor, sent = visitor_of(request), form(request)
    kind, _, value = sent.get("change", "").partition(":")
    if kind == "owner" and visitor.role == "limited":
        raise Forbidden.because("Limited members cannot give cases to somebody else.")

    async def work(transaction: Transaction) -> UUID:
        if sent.get("all") == "yes":
            looked = await look_strictly(transaction, visitor, query.parsed(sent.get("query", "")))
            chosen = await overview.ids(transaction, looked.matching, bulk.MOST_CASES + 1)
        else:
            chosen = [query.identifier(text, "case") for name, text in request.state.form if name == "case"]
        return await bulk.ask(transaction, visitor.workspace_id, kind, value, list(dict.fromkeys(chosen)))

    id = await database_of(request).write(visitor.actor, work)
    return see_other(f"{LIST}/bulk/{id}")


async def progress(request: Request) -> Response:
    found, results = await _found(request)
    template = "cases/bulk_progress.html" if request.headers.get("hx-request") else "cases/bulk.html"
    return render(request, template, bulk=found, results=results, shown=RESULTS_SHOWN, reverse=_REVERSE)


async def take_back(request: Request) -> Response:
    """Put what was archived back, or the other way round: the cases that were changed, and no other."""
    visitor = visitor_of(request)
    found, _ = await _found(request)
    if found["kind"] not in _REVERSE:
        raise NotFound.because("This change cannot be taken back for all cases at once; each case's timeline can.")

    async def work(transaction: Transaction) -> UUID:
        cases = await store.changed(transaction, visitor.workspace_id, found["id"])
        return await bulk.ask(transaction, visitor.workspace_id, _REVERSE[found["kind"]], "", cases)

    id = await database_of(request).write(visitor.actor, work)
    return see_other(f"{LIST}/bulk/{id}")


PAGES = (
    PageRoute("POST", LIST + "/bulk", start),
    PageRoute("GET", LIST + "/bulk/{id}", progress),
    PageRoute("POST", LIST + "/bulk/{id}/back", take_back),
)


async def _found(request: Request) -> tuple[Row, list[Any]]:
    visitor = visitor_of(request)
    id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(visitor.actor.scope) as reading:
        found = await store.get(reading, visitor.workspace_id, id)
        if found is None or found["member_id"] != visitor.actor.id:
            raise NotFound.because("There is no such change of yours.")
        return found, await store.results(reading, visitor.workspace_id, id, RESULTS_SHOWN)
