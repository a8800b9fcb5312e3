"""The list of cases as a file, with the values of every field."""

from starlette.requests import Request
from starlette.responses import Response

from dossier import audit
from dossier.cases.pages.columns import columns
from dossier.cases.pages.looking import CASES_PAGE, LIST, look_strictly
from dossier.cases.store.lists import EXPORTED
from dossier.foundation.pages.language import language_of
from dossier.listing.export import Export, steady
from dossier.web import PageRoute, current_user, database_of


async def as_csv(request: Request) -> Response:
    """The list as CSV, with names for people or with `keys` for programs."""
    return (await _export(request, keys="keys" in request.query_params)).as_csv()


async def as_xlsx(request: Request) -> Response:
    """The list as a workbook."""
    return await (await _export(request)).as_xlsx()


PAGES = (
    PageRoute("GET", LIST + "/export.csv", as_csv, asks_again=True),
    PageRoute("GET", LIST + "/export.xlsx", as_xlsx, asks_again=True),
)


async def _export(request: Request, *, keys: bool = False) -> Export:
    user, database = current_user(request), database_of(request)
    async with database.reading(user.actor.scope, "costly") as reading:
        looked = await look_strictly(reading, user, request.query_params, database.clock())
        shown = await columns(reading, looked.matching, language_of(request), user.time_zone, keys=keys)
    await audit.record_alone(database, user.actor, "cases.exported", fields=len(shown.names))
    scope, order = user.actor.scope, steady(looked.asked.order)
    return Export("cases", database, scope, CASES_PAGE.kind, EXPORTED, looked.matching, order, shown)
