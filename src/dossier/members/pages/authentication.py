"""Coming in: by password, one-time link or identity provider, then the second factor; and going out."""

import secrets
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from dossier import workspaces
from dossier.foundation.actor import SERVER
from dossier.foundation.cipher import Unreadable
from dossier.foundation.errors import AppError, Forbidden, NotFound, Unauthenticated
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.services import Provider
from dossier.foundation.text import email_identity
from dossier.members import actions
from dossier.members.actions import oidc, second_factor
from dossier.members.actions.sign_in import MFA_PENDING_TTL, SESSION_TTL, NewSession
from dossier.web import (
    PageRoute,
    Public,
    addresses,
    cookie_name,
    current_user,
    database_of,
    form,
    origin_of,
    render,
    see_other,
)

DEVICE_SECONDS = 365 * 24 * 3600  # seconds that a browser is remembered
HOME = addresses.CASES


async def home(_request: Request) -> Response:
    return see_other(HOME)


async def page_not_found(_request: Request) -> Response:
    raise NotFound.because("There is no such page. It may have moved, or the address is cut short.")


async def sign_in_form(request: Request) -> Response:
    if request.state.user:
        return see_other(HOME)
    return await _sign_in_page(request, next=request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    raise_if_without_provider(request)
    sent = form(request)
    email, wanted = sent.get("email", ""), sent.get("next", "")
    client = request.client.host if request.client else ""
    try:
        begun = await actions.sign_in(
            database_of(request), email, sent.get("password", ""), client, _agent(request), _device(request, email)
        )
    except AppError as refusal:
        return await _sign_in_page(request, next=wanted, email=email, refusal=refusal, status=refusal.status)
    response = await _signed_in(request, begun, ours(wanted))
    _know_device(request, response, email)
    return response


async def link_page(request: Request) -> Response:
    """Only asks: whoever previews a link must not use it up."""
    return render(request, "members/link.html")


def raise_if_without_provider(request: Request) -> None:
    """403 for passwords where the operator wants everybody to come through the identity provider."""
    provider = services_of(request).provider
    if provider and provider.required:
        raise Forbidden.because(
            "Passwords do not count here: sign in through {provider}.", "provider_required", provider=provider.name
        )


async def use_link(request: Request) -> Response:
    secret = request.path_params["secret"]
    try:
        begun = await actions.use_link(database_of(request), secret, _agent(request), request.state.user)
    except Unauthenticated:
        return see_other(f"{addresses.SIGN_IN}?next={addresses.SIGN_IN / 'link' / secret}")
    return await _signed_in(request, begun, HOME) if begun else see_other(HOME)


async def code_page(request: Request) -> Response:
    return render(request, "members/code.html", next=ours(request.query_params.get("next", "")), refusal=None)


async def send_code(request: Request) -> Response:
    """The second factor: the half session becomes a whole one, under another secret."""
    sent = form(request)
    mfa_pending = request.cookies.get(cookie_name(request), "")
    try:
        whole = await second_factor.complete_mfa(
            database_of(request), mfa_pending, sent.get("code", ""), services_of(request).cipher
        )
    except AppError as refusal:
        if refusal.status == 401:
            return see_other(addresses.SIGN_IN)
        return render(
            request,
            "members/code.html",
            status=refusal.status,
            headers=refusal.headers,
            next=sent.get("next", ""),
            refusal=refusal,
        )
    return await _signed_in(request, NewSession(whole, mfa_pending=False), ours(sent.get("next", "")))


async def oidc_start(request: Request) -> Response:
    """Off to the identity provider; the attempt stays in a cookie that only we can read."""
    address, attempt = await oidc.begin(
        _provider(request), services_of(request).cipher, _back(request), ours(request.query_params.get("next", ""))
    )
    response = see_other(address)
    set_cookie(request, response, _attempt_cookie(request), attempt, oidc.ATTEMPT_SECONDS)
    return response


async def oidc_callback(request: Request) -> Response:
    """Back from the identity provider."""
    kept = request.cookies.get(_attempt_cookie(request), "")
    try:
        begun, wanted = await oidc.finish(
            database_of(request),
            _provider(request),
            services_of(request).cipher,
            _back(request),
            dict(request.query_params),
            kept,
            _agent(request),
        )
    except oidc.FirstTime as first:
        response = see_other(addresses.SIGN_IN + "?connect=yes")
        set_cookie(request, response, _identity_cookie(request), first.kept, oidc.ATTEMPT_SECONDS)
        return response
    response = await _signed_in(request, begun, ours(wanted))
    response.delete_cookie(_attempt_cookie(request), secure=request.url.scheme == "https", httponly=True)
    return response


async def sign_out(request: Request) -> Response:
    user = current_user(request)
    await database_of(request).write(user.actor, lambda tx: actions.end_session(tx, user.secret))
    response = see_other(addresses.SIGN_IN)
    response.headers["Clear-Site-Data"] = '"storage"'  # what was searched for, and what was typed and not saved
    response.delete_cookie(cookie_name(request), secure=request.url.scheme == "https", httponly=True)
    return response


async def switch_workspace(request: Request) -> Response:
    user = current_user(request)
    workspace = query.identifier(form(request).get("workspace", ""), "workspace")
    await database_of(request).write(user.actor, lambda tx: actions.switch_workspace(tx, user.secret, workspace))
    return see_other(HOME)


PAGES = (
    PageRoute("GET", "/", home, Public),
    PageRoute("GET", addresses.WORKSPACE, home, Public),
    PageRoute("GET", addresses.SIGN_IN, sign_in_form, Public),
    PageRoute("POST", addresses.SIGN_IN, sign_in, Public),
    PageRoute("GET", addresses.SIGN_IN + "/code", code_page, Public),
    PageRoute("POST", addresses.SIGN_IN + "/code", send_code, Public),
    PageRoute("GET", addresses.SIGN_IN + "/provider", oidc_start, Public),
    PageRoute("GET", addresses.SIGN_IN + "/provider/back", oidc_callback, Public),
    PageRoute("GET", addresses.SIGN_IN + "/link/{secret}", link_page, Public),
    PageRoute("POST", addresses.SIGN_IN + "/link/{secret}", use_link, Public),
    PageRoute("POST", addresses.SIGN_OUT, sign_out),
    PageRoute("POST", addresses.SWITCH, switch_workspace),
)

NOT_FOUND = PageRoute("GET", addresses.WORKSPACE + "/{path:path}", page_not_found)
"""The last route of all."""


async def _sign_in_page(
    request: Request, *, next: str, email: str = "", refusal: AppError | None = None, status: int = 200
) -> Response:
    provider = services_of(request).provider
    async with database_of(request).reading(SERVER, "gate") as reading:
        logo = await workspaces.only_logo(reading)
    return render(
        request,
        "members/sign_in.html",
        logo=addresses.LOGO / logo[0] / logo[1] if logo else None,
        status=status,
        headers=refusal.headers if refusal else {},
        next=next,
        email=email,
        refusal=refusal,
        provider=provider,
        connect=request.query_params.get("connect") == "yes",
    )


def _device(request: Request, email: str) -> str:
    """Names this browser if that member came in with it before; the cookie is ours alone to read and to make."""
    kept = request.cookies.get(cookie_name(request) + "-device", "")
    try:
        who, _, device = services_of(request).cipher.decrypt(kept.encode(), DEVICE_SECONDS).partition(" ")
    except (Unreadable, UnicodeEncodeError):
        return ""
    return device if who == email_identity(email) else ""


def _know_device(request: Request, response: Response, email: str) -> None:
    kept = services_of(request).cipher.encrypt(f"{email_identity(email)} {secrets.token_hex(16)}")
    set_cookie(request, response, cookie_name(request) + "-device", kept.decode(), DEVICE_SECONDS)


async def _signed_in(request: Request, begun: NewSession, address: str) -> Response:
    response = see_other(f"{addresses.SIGN_IN}/code?next={quote(address)}" if begun.mfa_pending else address)
    holds = MFA_PENDING_TTL if begun.mfa_pending else SESSION_TTL
    set_cookie(request, response, cookie_name(request), begun.secret, int(holds.total_seconds()))
    await _connect(request, response, begun)
    return response


async def _connect(request: Request, response: Response, begun: NewSession) -> None:
    """Link the identity with which somebody came from the provider, now that they have proved who they are here."""
    kept = request.cookies.get(_identity_cookie(request))
    user = (
        await actions.authenticate_session(database_of(request), begun.secret)
        if kept and not begun.mfa_pending
        else None
    )
    if kept and user:
        await oidc.connect(database_of(request), user, services_of(request).cipher, kept)
        response.delete_cookie(_identity_cookie(request), secure=request.url.scheme == "https", httponly=True)


def _identity_cookie(request: Request) -> str:
    return cookie_name(request) + "-identity"


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="lax")


def _attempt_cookie(request: Request) -> str:
    return cookie_name(request) + "-attempt"


def _provider(request: Request) -> Provider:
    provider = services_of(request).provider
    if provider is None:
        raise NotFound.because("No identity provider is set up here; its settings begin with DOSSIER_OIDC_.")
    return provider


def _back(request: Request) -> str:
    return origin_of(request) + addresses.SIGN_IN + "/provider/back"


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


def ours(address: str) -> str:
    """A path of this server, which no browser reads as another one; else the list."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours else HOME
