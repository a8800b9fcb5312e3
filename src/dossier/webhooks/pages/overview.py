"""The webhooks of a workspace, and a new one."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model.rows import TemplateChoice
from dossier.foundation.errors import AppError
from dossier.foundation.http.services import services_of
from dossier.foundation.lists import Page
from dossier.web import PageRoute, addresses, current_user, database_of, form, render
from dossier.webhooks.actions import subscriptions as actions
from dossier.webhooks.model.events import TYPES
from dossier.webhooks.model.subscriptions import MOST, Webhook
from dossier.webhooks.pages import forms
from dossier.webhooks.store import subscriptions as store

EMPTY = {"url": "", "description": "", "content": "thin"}


async def overview(request: Request) -> Response:
    return await _page(request)


async def create(request: Request) -> Response:
    user, services = current_user(request), services_of(request)
    try:
        wanted = forms.wanted(request, await _templates(request))
        wanted.raise_if_wrong()
        await actions.raise_if_forbidden(wanted.url, await actions.reachable(services, user.workspace_id))
        make = lambda tx: actions.create(tx, user.workspace_id, wanted, services.cipher)  # noqa: E731
        made = await database_of(request).write(user.actor, make)
    except AppError as refusal:
        return await _page(request, refusal=refusal)
    return await _page(request, made=made)


async def _templates(request: Request) -> Sequence[TemplateChoice]:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        return await forms.choices(reading)


async def _page(request: Request, refusal: AppError | None = None, made: tuple[Webhook, str] | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        _, webhooks = await store.page(reading, Page(size=MOST))
        choices = await forms.choices(reading)
    return render(
        request,
        "webhooks/overview.html",
        status=refusal.status if refusal else 200,
        webhooks=webhooks,
        choices=choices,
        condition=forms.condition(request, None, choices, refusal),
        types=TYPES,
        sent=EMPTY | (form(request) if refusal else {}),
        checked=forms.chosen(request, "events") if refusal else list(TYPES),
        chosen=forms.chosen(request, "templates") if refusal else [],
        refusal=refusal,
        made=made,
    )


PAGES = (
    PageRoute("GET", addresses.WEBHOOKS, overview, "webhooks.manage"),
    PageRoute("POST", addresses.WEBHOOKS, create, "webhooks.manage", asks_again=True),
)
