"""Which fields have an index, for who designs templates: one is made, is on its way, or is given up."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases.actions.indexing import drop_index, keep_index
from dossier.cases.pages.lists import LIST, LIST_PAGES
from dossier.cases.store.collection import COLLECTION, FIELD_INDEX
from dossier.foundation.errors import NotFound
from dossier.listing.field_states import FieldState, field_states
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

INDEXES = LIST / "indexes"


async def indexes(request: Request) -> Response:
    """Every field that cases can be filtered by, and how its index stands."""
    return render(request, "cases/indexes.html", fields=await _states(request))


async def progress(request: Request) -> Response:
    """The part of a page about one field, which fetches itself until the index is there; 404."""
    key = request.path_params["key"]
    found = [each for each in await _states(request) if each.key == key]
    if not found:
        raise NotFound.because("There is nothing at this address.")
    return render(request, "cases/index_state.html", field=found[0], back=_back(request.query_params.get("back", "")))


async def change(request: Request) -> Response:
    """Have an index of a field, or no longer; then back to the list, if that is where it was asked for."""
    user, sent = current_user(request), form(request)
    act = drop_index if sent.get("wanted") == "no" else keep_index
    await database_of(request).write(user.actor, lambda tx: act(tx, user.workspace_id, sent.get("field", "")))
    return see_other(LIST + _back(sent["back"]) if sent.get("back") else INDEXES)


async def _states(request: Request) -> Sequence[FieldState]:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        choices, _ = await LIST_PAGES.choices(reading, user)
        return await field_states(reading, FIELD_INDEX, COLLECTION, choices)


def _back(query: str) -> str:
    """The address of a list as a page of ours says it: only ever what stands behind the list's own."""
    return query if query.startswith("?") else ""


PAGES = (
    PageRoute("GET", INDEXES, indexes, "templates.design"),
    PageRoute("POST", INDEXES, change, "templates.design"),
    PageRoute("GET", INDEXES + "/{key}", progress, "templates.design"),
)
