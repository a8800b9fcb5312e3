"""Signing in and out, one's profile, and who works in the workspace."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, NotFound, Refusal
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, Public, cookie_name, database_of, form, render, see_other, visitor_of
from dossier.members import actions
from dossier.members.actions.sign_in import SESSION_HOLDS
from dossier.members.model import ROLES, Role
from dossier.members.store import people

HOME = "/workspace/cases"


async def home(_request: Request) -> Response:
    return see_other(HOME)


async def nowhere(_request: Request) -> Response:
    raise NotFound.because("There is no such page. It may have moved, or the address is cut short.")


async def sign_in_form(request: Request) -> Response:
    if request.state.visitor:
        return see_other(HOME)
    return _sign_in_page(request, next=request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    sent = form(request)
    email, wanted = sent.get("email", ""), sent.get("next", "")
    client = request.client.host if request.client else ""
    try:
        secret = await actions.sign_in(database_of(request), email, sent.get("password", ""), client)
    except Refusal as refusal:
        return _sign_in_page(request, next=wanted, email=email, refusal=refusal, status=refusal.status)
    return _signed_in(request, secret, wanted if _is_ours(wanted) else HOME)


async def link_page(request: Request) -> Response:
    """Only asks: whoever previews a link must not use it up."""
    return render(request, "members/link.html")


async def use_link(request: Request) -> Response:
    secret = await actions.use_link(database_of(request), request.path_params["secret"])
    return _signed_in(request, secret, "/workspace/settings/profile")


async def sign_out(request: Request) -> Response:
    visitor = visitor_of(request)
    await database_of(request).write(visitor.actor, lambda tx: actions.end_session(tx, visitor.secret))
    response = see_other("/sign-in")
    response.delete_cookie(cookie_name(request), secure=request.url.scheme == "https", httponly=True)
    return response


async def switch_workspace(request: Request) -> Response:
    visitor = visitor_of(request)
    workspace = query.identifier(form(request).get("workspace", ""), "workspace")
    await database_of(request).write(visitor.actor, lambda tx: actions.switch_workspace(tx, visitor.secret, workspace))
    return see_other(HOME)


async def profile(request: Request) -> Response:
    return _profile_page(request, saved=request.query_params.get("saved") == "password")


async def set_password(request: Request) -> Response:
    sent = form(request)
    try:
        await actions.set_password(
            database_of(request), visitor_of(request), sent.get("new", ""), sent.get("current", "")
        )
    except Refusal as refusal:
        return _profile_page(request, refusal=refusal, status=refusal.status)
    return see_other("/workspace/settings/profile?saved=password")


async def members(request: Request) -> Response:
    return await _members_page(request)


async def invite(request: Request) -> Response:
    visitor, sent = visitor_of(request), form(request)
    email, role = sent.get("email", "").strip(), _role(sent)

    async def work(transaction: Transaction) -> str | None:
        given, family = (sent.get(name, "").strip() for name in ("given_name", "family_name"))
        return await actions.invite(
            transaction, email, visitor.workspace_id, role, given_name=given, family_name=family
        )

    try:
        secret = await database_of(request).write(visitor.actor, work)
    except Refusal as refusal:
        return await _members_page(request, refusal=refusal, status=refusal.status)
    link = _address(request, secret) if secret else ""
    return await _members_page(request, link=link, link_of=email, joined=not secret)


async def change_role(request: Request) -> Response:
    visitor, role = visitor_of(request), _role(form(request))
    member = query.identifier(request.path_params["id"], "id")
    work = lambda tx: actions.change_role(tx, visitor.workspace_id, member, role)  # noqa: E731
    await database_of(request).write(visitor.actor, work)
    return see_other("/workspace/settings/members")


async def give_studio(request: Request) -> Response:
    visitor, studio = visitor_of(request), form(request).get("studio") == "yes"
    member = query.identifier(request.path_params["id"], "id")
    work = lambda tx: actions.give_studio(tx, visitor.workspace_id, member, studio)  # noqa: E731
    await database_of(request).write(visitor.actor, work)
    return see_other("/workspace/settings/members")


async def remove(request: Request) -> Response:
    visitor = visitor_of(request)
    member = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(visitor.actor, lambda tx: actions.remove(tx, visitor.workspace_id, member))
    return see_other("/workspace/settings/members")


async def new_link(request: Request) -> Response:
    visitor = visitor_of(request)
    member = query.identifier(request.path_params["id"], "id")
    work = lambda tx: actions.link_of_colleague(tx, visitor.workspace_id, member)  # noqa: E731
    email, secret = await database_of(request).write(visitor.actor, work)
    return await _members_page(request, link=_address(request, secret), link_of=email)


PAGES = (
    PageRoute("GET", "/", home, Public),
    PageRoute("GET", "/workspace", home, Public),
    PageRoute("GET", "/sign-in", sign_in_form, Public),
    PageRoute("POST", "/sign-in", sign_in, Public),
    PageRoute("GET", "/sign-in/link/{secret}", link_page, Public),
    PageRoute("POST", "/sign-in/link/{secret}", use_link, Public),
    PageRoute("POST", "/sign-out", sign_out),
    PageRoute("POST", "/workspace/switch", switch_workspace),
    PageRoute("GET", "/workspace/settings/profile", profile),
    PageRoute("POST", "/workspace/settings/profile", set_password),
    PageRoute("GET", "/workspace/settings/members", members, "administrator"),
    PageRoute("POST", "/workspace/settings/members", invite, "administrator"),
    PageRoute("POST", "/workspace/settings/members/{id}/role", change_role, "administrator"),
    PageRoute("POST", "/workspace/settings/members/{id}/studio", give_studio, "administrator"),
    PageRoute("POST", "/workspace/settings/members/{id}/remove", remove, "administrator"),
    PageRoute("POST", "/workspace/settings/members/{id}/link", new_link, "administrator"),
)

NOWHERE = PageRoute("GET", "/workspace/{path:path}", nowhere)
"""The last route of all."""


def _sign_in_page(
    request: Request, *, next: str, email: str = "", refusal: Refusal | None = None, status: int = 200
) -> Response:
    return render(request, "members/sign_in.html", status=status, next=next, email=email, refusal=refusal)


def _profile_page(
    request: Request, *, saved: bool = False, refusal: Refusal | None = None, status: int = 200
) -> Response:
    return render(request, "members/profile.html", status=status, saved=saved, refusal=refusal)


async def _members_page(
    request: Request,
    *,
    link: str = "",
    link_of: str = "",
    joined: bool = False,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    visitor = visitor_of(request)
    async with database_of(request).reading(visitor.actor.scope) as reading:
        found = await people.colleagues(reading, visitor.workspace_id)
    return render(
        request,
        "members/members.html",
        status=status,
        members=found,
        roles=ROLES,
        link=link,
        link_of=link_of,
        joined=joined,
        refusal=refusal,
    )


def _signed_in(request: Request, secret: str, address: str) -> Response:
    response = see_other(address)
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(SESSION_HOLDS.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _is_ours(address: str) -> bool:
    """A path of this server, which no browser reads as another one."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _address(request: Request, secret: str) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/sign-in/link/{secret}"


def _role(sent: dict[str, str]) -> Role:
    for role in ROLES:
        if sent.get("role") == role:
            return role
    raise Invalid.because(f"“role” must be one of {', '.join(ROLES)}.", pointer="/role")
