"""What a workspace is called, by which clock it goes, and the work that is done for it in the background."""

from collections.abc import Awaitable, Callable
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import jobs
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other
from dossier.workspaces import actions
from dossier.workspaces.model import ACCENTS


async def general(request: Request) -> Response:
    return _page(request)


async def save(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    name, time_zone, accent = (sent.get(each, "") for each in ("name", "time_zone", "accent"))
    handle = lambda tx: actions.change(tx, user.workspace_id, name, time_zone, accent or user.accent)  # noqa: E731
    try:
        await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes")


async def work(request: Request) -> Response:
    """The background work of this workspace; that of the server and of other workspaces is not theirs to see."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await jobs.listed(reading, failed=False, everywhere=False)
    return render(request, "workspaces/jobs.html", jobs=found, done="done" in request.query_params)


async def retry(request: Request) -> Response:
    return await _decide(request, actions.retry_job)


async def cancel(request: Request) -> Response:
    return await _decide(request, actions.cancel_job)


PAGES = (
    PageRoute("GET", addresses.GENERAL, general, "workspace.change"),
    PageRoute("POST", addresses.GENERAL, save, "workspace.change"),
    PageRoute("GET", addresses.JOBS, work, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/retry", retry, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/cancel", cancel, "jobs.manage"),
)


async def _decide(request: Request, decide: Callable[[Transaction, int], Awaitable[None]]) -> Response:
    text = request.path_params["id"]
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    await database_of(request).write(current_user(request).actor, lambda tx: decide(tx, id))
    return see_other(addresses.JOBS + "?done=yes")


def _page(request: Request, refusal: AppError | None = None) -> Response:
    return render(
        request,
        "workspaces/general.html",
        status=refusal.status if refusal else 200,
        time_zones=sorted(available_timezones()),
        accents=ACCENTS,
        saved="saved" in request.query_params,
        refusal=refusal,
    )
