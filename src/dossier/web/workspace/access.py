"""Who may come in: what pages of the workspace need of a member, and when a member is asked again who they are."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.errors import Forbidden, Invalid, Refusal, TooManyRequests, Unauthenticated
from dossier.foundation.http.gate import NoteRefused
from dossier.foundation.http.services import services_of
from dossier.web import addresses
from dossier.web.area import Area
from dossier.web.render import render
from dossier.web.requests import SAFE, came_from, database_of, form, is_part, local
from dossier.web.workspace.navigation import Navigation
from dossier.web.workspace.visitor import Visitor

Needs = Literal["nobody", "member", "handler", "designer", "administrator"]
Public: Needs = "nobody"

Authenticate = Callable[[Request], Awaitable[Visitor | None]]
"""From the session's cookie to the visitor."""

Confirm = Callable[[Request, Visitor, str], Awaitable[None]]
"""Holds what somebody typed against their password or code, and remembers that it was right; else a Refusal."""

CONFIRMED_FOR = timedelta(minutes=15)
_PROOF = "confirm_"  # begins the names of the fields in which somebody proves who they are


def workspace(authenticate: Authenticate, confirm: Confirm, note_refused: NoteRefused, navigation: Navigation) -> Area:
    """The area of members."""
    return Area(
        name="workspace",
        home=addresses.CASES,
        sign_in=addresses.SIGN_IN,
        layout="workspace/narrow.html",
        authenticate=authenticate,
        admit=_admit,
        prove=partial(_prove, confirm),
        navigation=navigation,
        note_refused=note_refused,
    )


def visitor_of(request: Request) -> Visitor:
    """Who looks, on a page that needs somebody."""
    visitor: Visitor = request.state.visitor
    return visitor


def _admit(needs: Needs, visitor: Visitor | None) -> None:
    """401 and 403: only for whom a page is meant."""
    if needs != "nobody" and visitor is None:
        raise Unauthenticated.because("Sign in first.")
    if needs == "administrator" and visitor and not visitor.is_administrator:
        raise Forbidden.because("Only administrators of the workspace see this page; ask one of them.")
    if needs == "designer" and visitor and not visitor.designs:
        raise Forbidden.because("Templates are for those with the studio right; an administrator gives it.")
    if needs == "handler" and visitor and visitor.role == "limited":
        raise Forbidden.because("Limited members cannot do this; ask a colleague who handles every case.")


async def _prove(confirm: Confirm, request: Request) -> Response | None:
    visitor = visitor_of(request)
    if database_of(request).clock() - visitor.confirmed_at <= CONFIRMED_FOR:
        return None
    try:
        return None if await _confirmed(confirm, request, visitor) else _ask(request, visitor)
    except (Invalid, TooManyRequests) as refusal:
        return _ask(request, visitor, refusal)


async def _confirmed(confirm: Confirm, request: Request, visitor: Visitor) -> bool:
    """Whether they prove with this very form who they are; what else is in it is then done."""
    typed = form(request).get(f"{_PROOF}{visitor.proof}") if request.method not in SAFE else None
    if typed is None:
        return False
    await confirm(request, visitor, typed)
    request.state.form = _without_proof(request.state.form)
    return True


def _without_proof(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if not name.startswith(_PROOF) and name != "username"]


def _ask(request: Request, visitor: Visitor, refusal: Refusal | None = None) -> Response:
    """The page that asks who it is; it carries what was typed, or where somebody wanted to go."""
    if is_part(request):
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
        asked=visitor.proof,
        action=here if posted else addresses.CONFIRM,
        kept=[(name, value) for name, value in kept if name != "form_token"],
        back=came_from(request, addresses.CASES),
        provider=services_of(request).provider,
    )
