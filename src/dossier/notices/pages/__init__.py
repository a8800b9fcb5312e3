"""The bell, the list that it leads to, and how one chooses to be told."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import AppError
from dossier.foundation.http import query
from dossier.foundation.identifiers import parse_id
from dossier.notices import actions, store
from dossier.notices.model import NAMES, WAYS
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

PAGE_SIZE = 30
MOST = 99  # that the bell counts


async def bell(request: Request) -> Response:
    """How many notices the user has not seen."""
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        count = await store.unseen(reading, user.workspace_id, user.actor.id, MOST + 1)
    return render(request, "notices/bell.html", count=count, most=MOST)


async def notices(request: Request) -> Response:
    user, before = current_user(request), parse_id(request.query_params.get("before", ""))
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await store.page(reading, user.workspace_id, user.actor.id, before, PAGE_SIZE + 1)
    more = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return render(
        request,
        "notices/notices.html",
        notices=found[:PAGE_SIZE],
        more=more,
        unseen=any(not each.seen_at for each in found),
    )


async def open_one(request: Request) -> Response:
    """Lead to what a notice is about; from then on it was seen."""
    user, id = current_user(request), query.identifier(request.path_params["id"], "id")
    about = await database_of(request).write(user.actor, lambda tx: actions.see(tx, user, id))
    if about.form_id:
        return see_other(addresses.FORMS / about.form_id)
    return see_other(addresses.CASES / about.case_id if about.case_id else addresses.NOTICES)


async def see_all(request: Request) -> Response:
    user = current_user(request)
    await database_of(request).write(user.actor, lambda tx: actions.see_all(tx, user))
    return see_other(addresses.NOTICES)


async def choices(request: Request) -> Response:
    return await _choices(request)


async def choose(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    try:
        await database_of(request).write(user.actor, lambda tx: actions.choose(tx, user, sent))
    except AppError as refusal:
        return await _choices(request, refusal)
    return see_other(addresses.NOTICE_CHOICES + "?saved=yes")


async def _choices(request: Request, refusal: AppError | None = None) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        chosen = await store.choices(reading, user.workspace_id, user.actor.id)
    values: dict[str, Any] = {"chosen": chosen, "names": NAMES, "ways": WAYS}
    status, saved = refusal.status if refusal else 200, "saved" in request.query_params
    return render(request, "notices/choices.html", refusal=refusal, saved=saved, status=status, **values)


PAGES = (
    PageRoute("GET", addresses.NOTICES, notices),
    PageRoute("GET", addresses.NOTICES / "bell", bell),
    PageRoute("POST", addresses.NOTICES / "seen", see_all),
    PageRoute("POST", addresses.NOTICES + "/{id}", open_one),
    PageRoute("GET", addresses.NOTICE_CHOICES, choices),
    PageRoute("POST", addresses.NOTICE_CHOICES, choose),
)
