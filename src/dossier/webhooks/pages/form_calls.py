"""Calls to the addresses that forms name themselves: what was given up and why, and sending it again."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import AppError, Conflict
from dossier.foundation.http import query
from dossier.web import PageRoute, addresses, current_user, database_of, render, see_other
from dossier.webhooks.actions import form_replaying as actions
from dossier.webhooks.model.deliveries import STATUSES

SIZE = 25
ADDRESS = addresses.WEBHOOKS / "forms"


async def calls(request: Request) -> Response:
    return await _page(request)


async def _page(request: Request, refusal: AppError | None = None) -> Response:
    sent = request.query_params
    status = next((each for each in STATUSES if each == sent.get("status", "dead")), None)
    number = int(sent["page"][:9]) if sent.get("page", "").isascii() and sent.get("page", "").isdigit() else 1
    number = max(1, min(number, 10**4))
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        total, found = await actions.page(reading, status, (number - 1) * SIZE, SIZE)
    return render(
        request,
        "webhooks/form_calls.html",
        status=refusal.status if refusal else 200,
        calls=found,
        total=total,
        page=number,
        last=-(-total // SIZE),
        shown=status or "all",
        statuses=STATUSES,
        refusal=refusal,
        done="done" in sent,
    )


async def call(request: Request) -> Response:
    """What is sent, and each answer."""
    return await _call(request)


async def _call(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await actions.get(reading, _id(request))
    status = refusal.status if refusal else 200
    return render(request, "webhooks/form_call.html", status=status, call=found, refusal=refusal)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["delivery"], "delivery")


async def again(request: Request) -> Response:
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: actions.again(tx, _id(request)))
    except AppError as refusal:
        if refusal.status != Conflict.status:
            raise
        return await _call(request, refusal)
    return see_other(ADDRESS / _id(request))


async def all_again(request: Request) -> Response:
    user = current_user(request)
    await database_of(request).write(user.actor, lambda tx: actions.all_again(tx, user.workspace_id))
    return see_other(ADDRESS + "?done=yes")


PAGES = (
    PageRoute("GET", ADDRESS, calls, "webhooks.manage"),
    PageRoute("POST", ADDRESS + "/replay", all_again, "webhooks.manage"),
    PageRoute("GET", ADDRESS + "/{delivery}", call, "webhooks.manage"),
    PageRoute("POST", ADDRESS + "/{delivery}/replay", again, "webhooks.manage"),
)
