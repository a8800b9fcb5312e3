"""Changing many cases at once: what was asked, how far it is, what came of each, and taking it back."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dossier import case_templates as templates
from dossier import members, records
from dossier.cases.actions import bulk
from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.cases.pages.lists import status_labels
from dossier.cases.pages.looking import LIST, look_strictly
from dossier.cases.store import bulk as store
from dossier.cases.store.collection import COLLECTION, TEMPLATE_ID
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.http import query
from dossier.listing.counting import distinct, ids
from dossier.records.model import BulkChange
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

RESULTS_SHOWN = 500


async def start(request: Request) -> Response:
    """Begin to change the chosen cases, on whatever page of the list they were chosen, or all that it shows."""
    user, sent = current_user(request), form(request)
    kind, _, value = sent.get("change", "").partition(":")
    chosen = list(dict.fromkeys(await _listed(request) if sent.get("all") == "yes" else _chosen(request)))
    handle = lambda tx: bulk.ask(tx, user.workspace_id, kind, value, chosen)  # noqa: E731
    id = await database_of(request).write(user.actor, handle)
    return see_other(f"{LIST}/bulk/{id}")


async def listed_templates(request: Request) -> Response:
    """The ids of the templates that the listed cases follow, on every page: what statuses they can be given."""
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope, "costly") as reading:
        looked = await look_strictly(reading, user, request.query_params, database_of(request).clock())
        return PlainTextResponse("\n".join(await distinct(reading, COLLECTION, looked.matching, TEMPLATE_ID)))


async def progress(request: Request) -> Response:
    user, id = current_user(request), query.identifier(request.path_params["id"], "id")
    part = bool(request.headers.get("hx-request"))
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await _found(request, reading)
        results = await records.bulk_results(reading, user.workspace_id, id, RESULTS_SHOWN)
        names = await store.names(reading, user.workspace_id, [each.id for each in results])
        meant = "" if part else await _meant(request, reading, found)
    template = "cases/bulk_progress.html" if part else "cases/bulk.html"
    return render(request, template, bulk=found, meant=meant, results=results, names=names, shown=RESULTS_SHOWN)


async def take_back(request: Request) -> Response:
    """Take the whole change back: in the cases that were changed, and no other."""
    user = current_user(request)

    async def handle(transaction: Transaction) -> UUID:
        found = await _found(request, transaction)
        return await records.take_back_bulk(transaction, CASES_AT_ONCE, user.workspace_id, found.id)

    id = await database_of(request).write(user.actor, handle)
    return see_other(f"{LIST}/bulk/{id}")


PAGES = (
    PageRoute("POST", LIST + "/bulk", start),
    PageRoute("GET", LIST + "/bulk/templates", listed_templates),
    PageRoute("GET", LIST + "/bulk/{id}", progress),
    PageRoute("POST", LIST + "/bulk/{id}/back", take_back),
)


async def _listed(request: Request) -> list[UUID]:
    """The cases that the list shows, on every page: asked for as lists are, so that nobody's writing waits for it."""
    user, database = current_user(request), database_of(request)
    asked = query.parsed(form(request).get("query", ""))
    async with database.reading(user.actor.scope, "costly") as reading:
        looked = await look_strictly(reading, user, asked, database.clock())
        return await ids(reading, COLLECTION, looked.matching, bulk.MOST_CASES + 1)


def _chosen(request: Request) -> list[UUID]:
    on_this_page = [text for name, text in request.state.form if name == "case"]
    return [query.identifier(each, "case") for each in on_this_page + form(request).get("elsewhere", "").split()]


async def _found(request: Request, reading: ReadSession) -> BulkChange:
    user, id = current_user(request), query.identifier(request.path_params["id"], "id")
    return await records.bulk_asked_by(reading, CASES_AT_ONCE, user.workspace_id, id, user.actor.id)


async def _meant(request: Request, reading: ReadSession, found: BulkChange) -> str:
    """What was asked for, by name: an owner, a status."""
    value: str = found.value or ""
    if found.kind == "status":
        return status_labels(await templates.choices(reading)).get(value, value)
    if found.kind != "owner" or not value:
        return ""
    colleagues = await members.colleagues(reading, current_user(request).workspace_id)
    named = {each["email"]: " ".join(filter(None, (each["given_name"], each["family_name"]))) for each in colleagues}
    return str(named.get(value) or value)
