"""One's own: name and language, password, second factor, and where one is signed in."""

import segno
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, NotFound, Refusal
from dossier.foundation.pages import LANGUAGES, PageRoute, database_of, form, render, see_other, visitor_of
from dossier.members import actions
from dossier.members.actions import second_factor
from dossier.members.actions.sign_in import hashed
from dossier.members.store import people
from dossier.members.store import second_factor as factor_store
from dossier.members.store import sign_in as store

PROFILE = "/workspace/settings/profile"
LONGEST_NAME = 200
QR_SCALE = 5  # pixels of a module


async def profile(request: Request) -> Response:
    return await _page(request, saved=request.query_params.get("saved", ""))


async def set_profile(request: Request) -> Response:
    visitor, sent = visitor_of(request), form(request)
    given, family = (sent.get(name, "").strip()[:LONGEST_NAME] or None for name in ("given_name", "family_name"))
    language = sent.get("language") or None
    if language is not None and language not in LANGUAGES:
        raise Invalid.because("Choose one of the languages.", pointer="/language")

    async def work(transaction: Transaction) -> None:
        assert visitor.actor.id
        await people.set_profile(transaction, visitor.actor.id, given, family, language)

    await database_of(request).write(visitor.actor, work)
    return see_other(PROFILE + "?saved=profile")


async def set_password(request: Request) -> Response:
    sent = form(request)
    try:
        await actions.set_password(
            database_of(request), visitor_of(request), sent.get("new", ""), sent.get("current", "")
        )
    except Refusal as refusal:
        return await _page(request, refusal=refusal)
    return see_other(PROFILE + "?saved=password")


async def begin_factor(request: Request) -> Response:
    """Show what the app on the phone reads; it counts once a code of it was seen."""
    visitor = visitor_of(request)
    work = lambda tx: second_factor.begin(tx, visitor, request.app.state.cipher)  # noqa: E731
    address = await database_of(request).write(visitor.actor, work)
    return _factor_page(request, address)


async def confirm_factor(request: Request) -> Response:
    visitor, cipher = visitor_of(request), request.app.state.cipher
    code = form(request).get("code", "")
    try:
        codes = await database_of(request).write(
            visitor.actor, lambda tx: second_factor.confirm(tx, visitor, cipher, code)
        )
    except Invalid as refusal:
        address = await database_of(request).write(visitor.actor, lambda tx: second_factor.begin(tx, visitor, cipher))
        return _factor_page(request, address, refusal)
    return await _page(request, codes=codes)


async def remove_factor(request: Request) -> Response:
    visitor, code = visitor_of(request), form(request).get("code", "")
    work = lambda tx: second_factor.remove(tx, visitor, request.app.state.cipher, code)  # noqa: E731
    try:
        await database_of(request).write(visitor.actor, work)
    except Invalid as refusal:
        return await _page(request, refusal=refusal)
    return see_other(PROFILE + "?saved=factor")


async def end_session(request: Request) -> Response:
    """End one of one's sessions, or all but this one."""
    visitor, wanted = visitor_of(request), form(request).get("session", "")

    async def work(transaction: Transaction) -> None:
        assert visitor.actor.id
        if wanted == "others":
            await store.end_others(transaction, visitor.actor.id, hashed(visitor.secret))
        elif not await store.end_one(transaction, visitor.actor.id, wanted):
            raise NotFound.because("That session has ended already.")

    await database_of(request).write(visitor.actor, work)
    return see_other(PROFILE)


PAGES = (
    PageRoute("GET", PROFILE, profile),
    PageRoute("POST", PROFILE, set_profile),
    PageRoute("POST", PROFILE + "/password", set_password),
    PageRoute("POST", PROFILE + "/second-factor", begin_factor),
    PageRoute("POST", PROFILE + "/second-factor/confirm", confirm_factor),
    PageRoute("POST", PROFILE + "/second-factor/remove", remove_factor),
    PageRoute("POST", PROFILE + "/sessions", end_session),
)


async def _page(
    request: Request, *, saved: str = "", codes: list[str] | None = None, refusal: Refusal | None = None
) -> Response:
    visitor, database = visitor_of(request), database_of(request)
    assert visitor.actor.id
    async with database.reading(visitor.actor.scope) as reading:
        sessions = await store.sessions(reading, visitor.actor.id, database.clock())
        factor = await factor_store.get(reading, visitor.actor.id)
        me = await people.by_email(reading, visitor.email)
    return render(
        request,
        "members/profile.html",
        status=refusal.status if refusal else 200,
        me=me,
        saved=saved,
        codes=codes,
        refusal=refusal,
        factor=factor if factor and factor["confirmed_at"] else None,
        sessions=sessions,
        this_session=hashed(visitor.secret).hex(),
    )


def _factor_page(request: Request, address: str, refusal: Refusal | None = None) -> Response:
    picture = segno.make(address, error="m").svg_data_uri(scale=QR_SCALE, dark="#000", light="#fff")
    secret = address.partition("secret=")[2].partition("&")[0]
    status = refusal.status if refusal else 200
    return render(request, "members/factor.html", status=status, picture=picture, secret=secret, refusal=refusal)
