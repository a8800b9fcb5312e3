"""What people change of many cases at once."""

from collections.abc import Collection
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dossier import case_templates as templates
from dossier import members
from dossier.case_templates.model import status_labels
from dossier.cases.actions.bulk import CASES_AT_ONCE, MAX_CASES, ask
from dossier.cases.pages.lists import LIST, LIST_PAGES
from dossier.cases.store.collection import COLLECTION, TEMPLATE_ID
from dossier.cases.store.lists import NAMES, Named
from dossier.foundation.database import ReadSession
from dossier.listing.counting import distinct
from dossier.listing.keyset import find_all
from dossier.records.model import BulkChange
from dossier.records.pages import BulkPages
from dossier.web import PageRoute, current_user, database_of


async def listed_templates(request: Request) -> Response:
    """The ids of the templates that the listed cases follow, on every page: what statuses they can be given."""
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope, "costly") as reading:
        meant = await LIST_PAGES.meant(reading, user, request.query_params, database_of(request).clock())
        return PlainTextResponse("\n".join(await distinct(reading, COLLECTION, meant.matching, TEMPLATE_ID)))


async def _names(reading: ReadSession, ids: Collection[UUID]) -> dict[UUID, Named]:
    return {each.id: each for each in await find_all(reading, COLLECTION, NAMES, ids)}


async def _meant(reading: ReadSession, found: BulkChange) -> str:
    """What was asked for, by name: an owner, a status."""
    value: str = found.value or ""
    if found.kind == "status":
        return status_labels(await templates.choices(reading)).get(value, value)
    if found.kind != "owner" or not value:
        return ""
    colleagues = await members.list_members(reading, reading.scope.workspaces[0])
    return next((each.name for each in colleagues if each.email == value), value)


BULK_PAGES = BulkPages(
    page=LIST_PAGES.page,
    bulk=CASES_AT_ONCE,
    most=MAX_CASES,
    ask=ask,
    look=LIST_PAGES.meant,
    meant=_meant,
    names=_names,
    template="cases/bulk.html",
    part="cases/bulk_progress.html",
)

PAGES = (PageRoute("GET", LIST + "/bulk/templates", listed_templates), *BULK_PAGES.pages())
