"""A member leaves: an administrator says to whom their cases go, and they go there as bulk work."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.cases.actions import bulk
from dossier.cases.pages.lists import LIST
from dossier.cases.store import reading as store
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.http import query
from dossier.members.model import Colleague
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other


async def ask(request: Request) -> Response:
    """Who leaves, what ends with that, and to whom their cases go."""
    user, id = current_user(request), _id(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        everybody = await members.everybody(reading, user.workspace_id)
        leaver = _named(everybody, id)
        cases = await store.owned(reading, user.workspace_id, id)
        tokens = await members.tokens_of(reading, user.workspace_id)
    others = [each for each in everybody if each.accepted_at and each.id != id]
    return render(request, "cases/leaving.html", leaver=leaver, cases=len(cases), others=others, tokens=tokens.get(id))


async def remove(request: Request) -> Response:
    """End the place of a member; their cases go to whom the form says, all as one change of many cases."""
    user, id, to = current_user(request), _id(request), form(request).get("to", "")

    async def handle(transaction: Transaction) -> UUID | None:
        workspace = user.workspace_id
        leaver = _named(await members.everybody(transaction, workspace), id)
        await members.remove(transaction, workspace, id)
        if to == leaver.email:
            raise Invalid.because("Choose somebody who stays.", pointer="/to")
        if to:
            await members.owner(transaction, workspace, to, "/to")
        return await bulk.give_away(transaction, workspace, id, to)

    change = await database_of(request).write(user.actor, handle)
    return see_other(LIST / "bulk" / change if change else addresses.MEMBERS)


PAGES = (
    PageRoute("GET", addresses.MEMBERS + "/{id}/remove", ask, "members.manage"),
    PageRoute("POST", addresses.MEMBERS + "/{id}/remove", remove, "members.manage", asks_again=True),
)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _named(everybody: list[Colleague], id: UUID) -> Colleague:
    for each in everybody:
        if each.id == id:
            return each
    raise NotFound.because("There is no such member in this workspace.")
