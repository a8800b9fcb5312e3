"""Who may come in: what pages of the workspace need of a member, and when a member is asked again who they are."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import AppError, Forbidden, Invalid, TooManyRequests, Unauthenticated
from dossier.foundation.http.middleware import NoteRefused
from dossier.foundation.http.services import services_of
from dossier.web import addresses
from dossier.web.area import Area
from dossier.web.render import render
from dossier.web.requests import SAFE, came_from, database_of, form, is_part, local, stays
from dossier.web.workspace.current_user import CurrentUser
from dossier.web.workspace.navigation import Navigation

Public = "nobody"
"""What a page needs that is for everybody; “member”: somebody who is signed in; else a permission by its name."""

Authenticate = Callable[[Request], Awaitable[CurrentUser | None]]
"""From the session's cookie to the user."""

Confirm = Callable[[Request, CurrentUser, str], Awaitable[None]]
"""Holds what somebody typed against their password or code, and remembers that it was right; else a AppError."""

CONFIRMED_FOR = timedelta(minutes=15)
_PROOF = "confirm_"  # begins the names of the fields in which somebody proves who they are


def workspace(authenticate: Authenticate, confirm: Confirm, note_refused: NoteRefused, navigation: Navigation) -> Area:
    """The area of members."""
    return Area(
        name="workspace",
        home=addresses.CASES,
        sign_in=addresses.SIGN_IN,
        layout="workspace/centered.html",
        authenticate=authenticate,
        admit=_admit,
        prove=partial(_prove, confirm),
        navigation=navigation,
        note_refused=note_refused,
        headers=_headers,
    )


def _headers(request: Request) -> Mapping[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'nonce-{request.state.nonce}'; style-src 'self'; img-src 'self' data:;"
            " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        "Referrer-Policy": "same-origin",  # with less, a browser calls our own forms' origin “null”
    }


def current_user(request: Request) -> CurrentUser:
    """Who looks, on a page that needs somebody."""
    user: CurrentUser = request.state.user
    return user


def _admit(needs: str, user: CurrentUser | None) -> None:
    """401 and 403: only for whom a page is meant."""
    if needs == Public:
        return
    if user is None:
        raise Unauthenticated.because("Sign in first.")
    if needs != "member":
        user.actor.require(needs)


async def _prove(confirm: Confirm, request: Request) -> Response | None:
    user = current_user(request)
    if database_of(request).clock() - user.confirmed_at <= CONFIRMED_FOR:
        return None
    try:
        return None if await _confirmed(confirm, request, user) else _ask(request, user)
    except (Invalid, TooManyRequests) as refusal:
        return _ask(request, user, refusal)


async def _confirmed(confirm: Confirm, request: Request, user: CurrentUser) -> bool:
    """Whether they prove with this very form who they are; what else is in it is then done."""
    typed = form(request).get(f"{_PROOF}{user.proof}") if request.method not in SAFE else None
    if typed is None:
        return False
    await confirm(request, user, typed)
    request.state.form = _without_proof(request.state.form)
    return True


def _without_proof(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if not name.startswith(_PROOF) and name != "username"]


def _ask(request: Request, user: CurrentUser, refusal: AppError | None = None) -> Response:
    """The page that asks who it is; it carries what was typed, or where somebody wanted to go."""
    if is_part(request) and not stays(request):
        raise Forbidden.because("Reload the page, and do it again: you will be asked for your password.", "confirm")
    here = local(request.url)
    posted = request.method not in SAFE
    kept = _without_proof(request.state.form) if posted else [("next", here)]
    return render(
        request,
        "workspace/confirm.html",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else {},
        refusal=refusal,
        asked=user.proof,
        action=here if posted else addresses.CONFIRM,
        kept=[(name, value) for name, value in kept if name != "form_token"],
        back=came_from(request, addresses.CASES),
        provider=services_of(request).provider,
    )
