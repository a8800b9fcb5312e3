"""One webhook: what it says, its secret, what was sent by it, each try, and sending again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.lists import Page
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other
from dossier.webhooks.actions import replaying
from dossier.webhooks.actions import subscriptions as actions
from dossier.webhooks.actions.replaying import Range
from dossier.webhooks.model.deliveries import KEPT, STATUSES
from dossier.webhooks.model.events import TYPES, is_wanted
from dossier.webhooks.pages import forms
from dossier.webhooks.store import log

SIZE = 25
DAYS = (1, 3, 7, 30)
"""Of which what was given up is sent again."""
_ONE = addresses.WEBHOOKS + "/{id}"


async def show(request: Request) -> Response:
    return await _page(request)


async def change(request: Request) -> Response:
    services = services_of(request)
    try:
        async with services.database.reading(current_user(request).actor.scope) as reading:
            choices = await forms.choices(reading)
        wanted = forms.wanted(request, choices)
        allowed = await actions.reachable(services, current_user(request).workspace_id)
        await actions.raise_if_forbidden(wanted.url, allowed)
        said = {name: getattr(wanted, name) for name in wanted.__slots__}
        await _write(request, lambda tx: actions.change(tx, _id(request), said))
    except AppError as refusal:
        return await _page(request, refusal=refusal)
    return _done(request)


async def change_secret(request: Request) -> Response:
    cipher = services_of(request).cipher
    made: list[str] = []

    async def work(transaction: Transaction) -> None:
        made[:] = [(await actions.change_secret(transaction, _id(request), cipher))[1]]

    await _write(request, work)
    return await _page(request, secret=made[0])


async def delete(request: Request) -> Response:
    await _write(request, lambda tx: actions.delete(tx, _id(request)))
    return see_other(addresses.WEBHOOKS)


async def send_test(request: Request) -> Response:
    return await _tried(request, lambda tx: replaying.send_test(tx, _id(request)))


async def replay(request: Request) -> Response:
    delivery = query.identifier(request.path_params["delivery"], "delivery")
    return await _tried(request, lambda tx: replaying.replay(tx, _id(request), delivery))


async def replay_dead(request: Request) -> Response:
    """Those given up in the last days are sent again."""
    text = form(request).get("days", "")
    days = int(text) if text in map(str, DAYS) else KEPT.days
    since = database_of(request).clock() - timedelta(days=days)
    return await _tried(request, lambda tx: replaying.replay_range(tx, _id(request), Range(since, None, "dead")))


async def delivery(request: Request) -> Response:
    """What was sent, and each answer."""
    id = query.identifier(request.path_params["delivery"], "delivery")
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        webhook = await actions.found(reading, _id(request))
        found = await replaying.found(reading, webhook.id, id)
    return render(request, "webhooks/delivery.html", webhook=webhook, delivery=found)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _done(request: Request) -> Response:
    return see_other(addresses.WEBHOOKS / _id(request) + "?done=yes")


async def _write(request: Request, work: Callable[[Transaction], Awaitable[object]]) -> None:
    await database_of(request).write(current_user(request).actor, work)


async def _tried(request: Request, work: Callable[[Transaction], Awaitable[object]]) -> Response:
    try:
        await _write(request, work)
    except AppError as refusal:
        return await _page(request, refusal=refusal)
    return _done(request)


async def _page(request: Request, refusal: AppError | None = None, secret: str = "") -> Response:
    sent = request.query_params
    status = next((each for each in STATUSES if each == sent.get("status")), None)
    number = int(sent["page"][:9]) if sent.get("page", "").isascii() and sent.get("page", "").isdigit() else 1
    page = Page(max(1, min(number, 10**6)), SIZE)
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        webhook = await actions.found(reading, _id(request))
        total, deliveries = await log.page(reading, (webhook.workspace_id, webhook.id), page, status)
        choices = await forms.choices(reading)
    return render(
        request,
        "webhooks/one.html",
        status=refusal.status if refusal else 200,
        webhook=webhook,
        deliveries=deliveries,
        total=total,
        page=page.number,
        last=-(-total // SIZE),
        shown=status or "",
        statuses=STATUSES,
        days=DAYS,
        choices=choices,
        condition=forms.condition(request, webhook.wanted.condition, choices, refusal),
        types=TYPES,
        checked=[each for each in TYPES if is_wanted(each, webhook.wanted.events)],
        chosen=[str(each) for each in webhook.wanted.templates],
        secret=secret,
        refusal=refusal,
        done="done" in sent,
    )


PAGES = (
    PageRoute("GET", _ONE, show, "webhooks.manage"),
    PageRoute("POST", _ONE, change, "webhooks.manage"),
    PageRoute("POST", _ONE + "/secret", change_secret, "webhooks.manage", asks_again=True),
    PageRoute("POST", _ONE + "/delete", delete, "webhooks.manage"),
    PageRoute("POST", _ONE + "/test", send_test, "webhooks.manage"),
    PageRoute("POST", _ONE + "/replay", replay_dead, "webhooks.manage"),
    PageRoute("GET", _ONE + "/deliveries/{delivery}", delivery, "webhooks.manage"),
    PageRoute("POST", _ONE + "/deliveries/{delivery}/replay", replay, "webhooks.manage"),
)
