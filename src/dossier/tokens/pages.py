"""The tokens of a workspace: where its administrators make and revoke them."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Refusal
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, origin_of, render, see_other, visitor_of
from dossier.tokens import actions, store
from dossier.tokens.model import CoveredWorkspace

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year", "": "until it is revoked"}


async def tokens(request: Request) -> Response:
    return await _page(request)


async def create(request: Request) -> Response:
    visitor, sent = visitor_of(request), form(request)

    async def work(transaction: Transaction) -> str:
        days = sent.get("days", "")
        if days not in LIFETIMES:
            raise Invalid.because("Choose how long the token holds.", pointer="/days")
        ends = transaction.clock() + timedelta(days=int(days)) if days else None
        covered = [CoveredWorkspace(visitor.workspace_id, visitor.slug)]
        description = sent.get("description", "").strip() or None
        _, text = await actions.create(
            transaction, sent.get("name", ""), covered, description=description, expires_at=ends
        )
        return text

    try:
        text = await database_of(request).write(visitor.actor, work)
    except Refusal as refusal:
        return await _page(request, refusal=refusal, status=refusal.status)
    return await _page(request, text=text)


async def revoke(request: Request) -> Response:
    visitor = visitor_of(request)
    token = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(visitor.actor, lambda tx: actions.revoke_in(tx, token, visitor.workspace_id))
    return see_other("/workspace/settings/api")


PAGES = (
    PageRoute("GET", "/workspace/settings/api", tokens, "administrator"),
    PageRoute("POST", "/workspace/settings/api", create, "administrator"),
    PageRoute("POST", "/workspace/settings/api/{id}/revoke", revoke, "administrator"),
)


async def _page(request: Request, *, text: str = "", refusal: Refusal | None = None, status: int = 200) -> Response:
    visitor = visitor_of(request)
    database = database_of(request)
    async with database.reading(visitor.actor.scope) as reading:
        found = await store.of_workspace(reading, visitor.workspace_id)
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
