"""The tokens of a workspace: where its administrators make and revoke them."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.tokens import actions, store
from dossier.tokens.model import CoveredWorkspace
from dossier.web import PageRoute, addresses, current_user, database_of, form, origin_of, render, see_other

LIFETIMES = ("30", "90", "365", "")  # days; empty: until it is revoked


async def tokens(request: Request) -> Response:
    return await _page(request)


async def create(request: Request) -> Response:
    user, sent = current_user(request), form(request)

    async def handle(transaction: Transaction) -> str:
        days = sent.get("days", "")
        if days not in LIFETIMES:
            raise Invalid.because("Choose how long the token holds.", pointer="/days")
        ends = transaction.clock() + timedelta(days=int(days)) if days else None
        covered = _covered(request)
        description = sent.get("description", "").strip() or None
        _, text = await actions.create(
            transaction, sent.get("name", ""), covered, description=description, expires_at=ends
        )
        return text

    try:
        text = await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _page(request, refusal=refusal, status=refusal.status)
    return await _page(request, text=text)


async def revoke(request: Request) -> Response:
    user = current_user(request)
    token = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(user.actor, lambda tx: actions.revoke_in(tx, token, _administered(request)))
    return see_other(addresses.TOKENS)


async def change(request: Request) -> Response:
    """Another name, description, or other workspaces; how long it holds and its text stay."""
    user, sent = current_user(request), form(request)
    token = query.identifier(request.path_params["id"], "id")
    description = sent.get("description", "").strip() or None

    async def handle(transaction: Transaction) -> None:
        name, administered = sent.get("name", ""), _administered(request)
        await actions.change(transaction, token, name, description, _covered(request), administered)

    try:
        await database_of(request).write(user.actor, handle)
    except Invalid as refusal:
        return await _page(request, refusal=refusal, status=refusal.status)
    return see_other(addresses.TOKENS)


PAGES = (
    PageRoute("GET", addresses.TOKENS, tokens, "tokens.manage"),
    PageRoute("POST", addresses.TOKENS, create, "tokens.manage", asks_again=True),
    PageRoute("POST", addresses.TOKENS + "/{id}", change, "tokens.manage", asks_again=True),
    PageRoute("POST", addresses.TOKENS + "/{id}/revoke", revoke, "tokens.manage"),
)


def _administered(request: Request) -> list[UUID]:
    return [id for id, _, _ in current_user(request).administered]


def _covered(request: Request) -> list[CoveredWorkspace]:
    """The chosen workspaces, of those that the user administers; where there is no choice, the one they are in."""
    user = current_user(request)
    chosen = {value for name, value in request.state.form if name == "workspaces"}
    if len(user.administered) == 1:
        chosen = {str(user.workspace_id)}
    return [CoveredWorkspace(id, slug) for id, slug, _ in user.administered if str(id) in chosen]


async def _page(request: Request, *, text: str = "", refusal: AppError | None = None, status: int = 200) -> Response:
    user = current_user(request)
    database = database_of(request)
    async with database.reading(user.actor.scope) as reading:
        found = await store.list_in_workspace(reading, user.workspace_id)
    return render(
        request,
        "tokens/api.html",
        status=status,
        tokens=found,
        text=text,
        refusal=refusal,
        lifetimes=LIFETIMES,
        now=database.clock(),
        origin=origin_of(request),
    )
