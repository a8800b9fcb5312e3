"""What a workspace is called, by which clock it goes, and the work that is done for it in the background."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import exact, jobs, working_time
from dossier.foundation.actor import SERVER
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, InvalidValue, NotFound
from dossier.foundation.http import query
from dossier.web import (
    PageRoute,
    Public,
    addresses,
    current_user,
    database_of,
    form,
    language_of,
    render,
    see_other,
    uploaded,
)
from dossier.workspaces import actions, store
from dossier.workspaces.model import ACCENTS, MAX_LOGO, time_zones


async def general(request: Request) -> Response:
    return await _page(request)


async def save(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    name, time_zone, accent = (sent.get(each, "") for each in ("name", "time_zone", "accent"))
    handle = lambda tx: actions.change(tx, user.workspace_id, name, time_zone, accent or user.accent)  # noqa: E731
    try:
        await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes")


async def set_working_time(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    settings = {
        "country": sent.get("country") or None,
        "region": sent.get("region") if sent.get("country") == sent.get("seen.country") else None,
        "customs": [value for name, value in request.state.form if name == "custom"],
        "days": sorted({int(value) for name, value in request.state.form if name == "day" and value in _DAYS}),
        "opens": _minutes(sent.get("opens", "")),
        "closes": _minutes(sent.get("closes", "")),
    }
    if settings["country"] != (sent.get("seen.country") or None):
        settings["customs"] = []  # of another country
    given = {name: value for name, value in settings.items() if value not in (None, "", [])} | {
        "days": settings["days"]
    }
    handle = lambda tx: actions.set_working_time(tx, user.workspace_id, given)  # noqa: E731
    try:
        await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes#working-time")


_DAYS = tuple("1234567")


def _minutes(text: str) -> int:
    """Minutes of the day: `08:30` is 510, and `00:00` at the end of one is 1440; -1 for what is no time."""
    try:
        hour, minute = (int(part) for part in exact.typed_time(text).split(":"))
    except InvalidValue:
        return 24 * 60 if text == "24:00" else -1
    return 60 * hour + minute


async def set_logo(request: Request) -> Response:
    user, content = current_user(request), uploaded(request, "logo")
    try:
        await database_of(request).write(user.actor, lambda tx: actions.set_logo(tx, user.workspace_id, content))
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes")


async def remove_logo(request: Request) -> Response:
    user = current_user(request)
    await database_of(request).write(user.actor, lambda tx: actions.remove_logo(tx, user.workspace_id))
    return see_other(addresses.GENERAL + "?saved=yes")


async def logo(request: Request) -> Response:
    """A picture that stays as it is for good: another one has another address."""
    workspace_id, hash = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    async with database_of(request).reading(SERVER) as reading:
        found = await store.logo(reading, workspace_id, hash) if hash.isalnum() else None
    if found is None:
        raise NotFound.because("There is nothing at this address.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, headers=headers, media_type=f"image/{found.kind}")


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
    PageRoute("POST", addresses.GENERAL + "/working-time", set_working_time, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/logo", set_logo, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/logo/remove", remove_logo, "workspace.change"),
    PageRoute("GET", addresses.LOGO + "/{id}/{key}", logo, Public),
    PageRoute("GET", addresses.JOBS, work, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/retry", retry, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/cancel", cancel, "jobs.manage"),
)


async def _decide(request: Request, decide: Callable[[Transaction, int], Awaitable[None]]) -> Response:
    text = request.path_params["id"]
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    await database_of(request).write(current_user(request).actor, lambda tx: decide(tx, id))
    return see_other(addresses.JOBS + "?done=yes")


async def _page(request: Request, refusal: AppError | None = None) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        workspace = await store.get(reading, user.workspace_id)
    settings = workspace.working_time or {}
    country, names = settings.get("country"), language_of(request).countries
    regions, customs = working_time.parts_of(country) if country in working_time.countries() else ((), ())
    return render(
        request,
        "workspaces/general.html",
        status=refusal.status if refusal else 200,
        time_zones=time_zones(),
        accents=ACCENTS,
        most_logo=MAX_LOGO // 1024,
        saved="saved" in request.query_params,
        refusal=refusal,
        country=country,
        countries=sorted(
            ((each, names.get(each, each)) for each in working_time.countries()), key=lambda each: each[1]
        ),
        regions=regions,
        region=settings.get("region"),
        customs=customs,
        kept=settings.get("customs") or (),
        days=settings.get("days") or working_time.MONDAY_TO_FRIDAY,
        opens=_clock(settings.get("opens", working_time.OPENS)),
        closes=_clock(settings.get("closes", working_time.CLOSES)),
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
