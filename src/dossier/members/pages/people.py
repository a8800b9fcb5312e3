"""Who works in the workspace: inviting, roles, the studio right, one-time links. Removing: `leaving.py`."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.foundation.messages import Message, Named
from dossier.members import actions
from dossier.members.store import people
from dossier.permissions import ROLES, Role
from dossier.web import PageRoute, addresses, current_user, database_of, form, origin_of, render, see_other


async def members(request: Request) -> Response:
    return await _members_page(request)


async def invite(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    email, role = sent.get("email", "").strip(), _role(sent)

    async def handle(transaction: Transaction) -> str:
        given, family = (sent.get(name, "").strip() for name in ("given_name", "family_name"))
        return await actions.invite(transaction, email, user.workspace_id, role, given_name=given, family_name=family)

    try:
        secret = await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _members_page(request, refusal=refusal, status=refusal.status)
    return await _members_page(request, link=_address(request, secret), link_of=email)


async def change_role(request: Request) -> Response:
    user, role = current_user(request), _role(form(request))
    member = query.identifier(request.path_params["id"], "id")
    handle = lambda tx: actions.change_role(tx, user.workspace_id, member, role)  # noqa: E731
    await database_of(request).write(user.actor, handle)
    return see_other(addresses.MEMBERS)


async def give_studio(request: Request) -> Response:
    user, studio = current_user(request), form(request).get("studio") == "yes"
    member = query.identifier(request.path_params["id"], "id")
    handle = lambda tx: actions.give_studio(tx, user.workspace_id, member, studio)  # noqa: E731
    await database_of(request).write(user.actor, handle)
    return see_other(addresses.MEMBERS)


async def new_link(request: Request) -> Response:
    user = current_user(request)
    member = query.identifier(request.path_params["id"], "id")
    handle = lambda tx: actions.link_of_colleague(tx, user.workspace_id, member)  # noqa: E731
    email, secret = await database_of(request).write(user.actor, handle)
    return await _members_page(request, link=_address(request, secret), link_of=email)


PAGES = (
    PageRoute("GET", addresses.MEMBERS, members, "members.manage"),
    PageRoute("POST", addresses.MEMBERS, invite, "members.manage", asks_again=True),
    PageRoute("POST", addresses.MEMBERS + "/{id}/role", change_role, "members.manage", asks_again=True),
    PageRoute("POST", addresses.MEMBERS + "/{id}/studio", give_studio, "members.manage", asks_again=True),
    PageRoute("POST", addresses.MEMBERS + "/{id}/link", new_link, "members.manage", asks_again=True),
)


async def _members_page(
    request: Request,
    *,
    link: str = "",
    link_of: str = "",
    refusal: AppError | None = None,
    status: int = 200,
) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await people.everybody(reading, user.workspace_id)
        tokens = await people.tokens_of(reading, user.workspace_id)
    return render(
        request,
        "members/members.html",
        status=status,
        members=found,
        tokens=tokens,
        roles=ROLES,
        link=link,
        link_of=link_of,
        refusal=refusal,
    )


def _address(request: Request, secret: str) -> str:
    return origin_of(request) + addresses.SIGN_IN / "link" / secret


def _role(sent: dict[str, str]) -> Role:
    for role in ROLES:
        if sent.get("role") == role:
            return role
    named = Named("role", Message("Role"))
    raise Invalid.because("“{field}” must be one of {options}.", pointer="/role", field=named, options=tuple(ROLES))
