"""What a workspace is called, and by which clock it goes."""

from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import Refusal
from dossier.foundation.pages import PageRoute, database_of, form, render, see_other, visitor_of
from dossier.workspaces import actions

GENERAL = "/workspace/settings/general"


async def general(request: Request) -> Response:
    return _page(request)


async def save(request: Request) -> Response:
    visitor, sent = visitor_of(request), form(request)
    work = lambda tx: actions.change(tx, visitor.workspace_id, sent.get("name", ""), sent.get("time_zone", ""))  # noqa: E731
    try:
        await database_of(request).write(visitor.actor, work)
    except Refusal as refusal:
        return _page(request, refusal)
    return see_other(GENERAL + "?saved=yes")


PAGES = (
    PageRoute("GET", GENERAL, general, "administrator"),
    PageRoute("POST", GENERAL, save, "administrator"),
)


def _page(request: Request, refusal: Refusal | None = None) -> Response:
    return render(
        request,
        "workspaces/general.html",
        status=refusal.status if refusal else 200,
        time_zones=sorted(available_timezones()),
        saved="saved" in request.query_params,
        refusal=refusal,
    )
