"""One's own: name and language, password, second factor, and where one is signed in."""

import segno
from starlette.requests import Request
from starlette.responses import Response

from dossier import audit
from dossier.foundation.errors import AppError, Invalid, TooManyRequests
from dossier.foundation.http.services import services_of
from dossier.members import actions
from dossier.members.actions import account, second_factor
from dossier.members.actions.sign_in import SESSION_TTL, hashed
from dossier.members.pages import browsers
from dossier.members.pages.authentication import ours, raise_if_without_provider, set_cookie
from dossier.members.store import people
from dossier.members.store import second_factor as factor_store
from dossier.members.store import sign_in as store
from dossier.web import (
    LANGUAGES,
    CurrentUser,
    PageRoute,
    addresses,
    cookie_name,
    current_user,
    database_of,
    form,
    render,
    see_other,
)

MAX_NAME = 200
QR_SCALE = 5  # pixels of a module


async def settings(_request: Request) -> Response:
    return see_other(addresses.PROFILE)


async def profile(request: Request) -> Response:
    return await _page(request, saved=request.query_params.get("saved", ""))


async def set_profile(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    given, family = (sent.get(name, "").strip()[:MAX_NAME] or None for name in ("given_name", "family_name"))
    language = sent.get("language") or None
    if language is not None and language not in LANGUAGES:
        raise Invalid.because("Choose one of the languages.", pointer="/language")
    handle = lambda tx: account.set_profile(tx, user, given, family, language)  # noqa: E731
    await database_of(request).write(user.actor, handle)
    return see_other(addresses.PROFILE + "?saved=profile")


async def set_password(request: Request) -> Response:
    raise_if_without_provider(request)
    sent = form(request)
    try:
        secret = await actions.set_password(
            database_of(request), current_user(request), sent.get("new", ""), sent.get("current", "")
        )
    except AppError as refusal:
        if any(each.code in ("wrong_password", "too_many_attempts") for each in refusal.problems):
            await _note_failed(request, "member.password_set")
        return await _page(request, refusal=refusal)
    response = see_other(addresses.PROFILE + "?saved=password")
    set_cookie(request, response, cookie_name(request), secret, int(SESSION_TTL.total_seconds()))
    return response


async def begin_factor(request: Request) -> Response:
    """Show what the app on the phone reads; it counts once a code of it was seen."""
    user = current_user(request)
    handle = lambda tx: second_factor.begin(tx, user, services_of(request).cipher)  # noqa: E731
    address = await database_of(request).write(user.actor, handle)
    return _factor_page(request, address)


async def confirm_factor(request: Request) -> Response:
    user, cipher = current_user(request), services_of(request).cipher
    code = form(request).get("code", "")
    try:
        codes = await second_factor.confirm(database_of(request), user, cipher, code)
    except (Invalid, TooManyRequests) as refusal:
        await _note_failed(request, "second_factor.failed")
        handle = lambda tx: second_factor.begin(tx, user, cipher, anew=False)  # noqa: E731
        address = await database_of(request).write(user.actor, handle)
        return _factor_page(request, address, refusal)
    return await _page(request, codes=codes)


async def remove_factor(request: Request) -> Response:
    user, code = current_user(request), form(request).get("code", "")
    try:
        await second_factor.remove(database_of(request), user, services_of(request).cipher, code)
    except (Invalid, TooManyRequests) as refusal:
        await _note_failed(request, "second_factor.failed")
        return await _page(request, refusal=refusal)
    return see_other(addresses.PROFILE + "?saved=factor")


async def end_session(request: Request) -> Response:
    """End one of one's sessions, or all but this one."""
    user, wanted = current_user(request), form(request).get("session", "")
    await database_of(request).write(user.actor, lambda tx: account.end_sessions(tx, user, wanted))
    return see_other(addresses.PROFILE)


async def confirm(request: Request, user: CurrentUser, typed: str) -> None:
    """Hold a password or a code against the user's, and remember for a quarter of an hour that it was right."""
    database = database_of(request)
    try:
        if user.proof == "code":
            await second_factor.raise_if_wrong_code(database, user, services_of(request).cipher, typed)
        else:
            await actions.raise_if_wrong_password(database, user, typed)
    except Invalid:
        await _note_failed(request, "member.confirmed")
        raise
    await database.write(user.actor, lambda tx: actions.note_confirmed(tx, user))


async def go_on(request: Request) -> Response:
    """On to the page that was asked for, by who has proved on the way who they are."""
    return see_other(ours(form(request).get("next", "")))


PAGES = (
    PageRoute("POST", addresses.CONFIRM, go_on, asks_again=True),
    PageRoute("GET", addresses.SETTINGS, settings),
    PageRoute("GET", addresses.PROFILE, profile),
    PageRoute("POST", addresses.PROFILE, set_profile),
    PageRoute("POST", addresses.PROFILE + "/password", set_password),
    PageRoute("POST", addresses.PROFILE + "/second-factor", begin_factor, asks_again=True),
    PageRoute("POST", addresses.PROFILE + "/second-factor/confirm", confirm_factor),
    PageRoute("POST", addresses.PROFILE + "/second-factor/remove", remove_factor),
    PageRoute("POST", addresses.PROFILE + "/sessions", end_session),
)


async def _page(
    request: Request, *, saved: str = "", codes: list[str] | None = None, refusal: AppError | None = None
) -> Response:
    user, database = current_user(request), database_of(request)
    assert user.actor.id
    async with database.reading(user.actor.scope) as reading:
        sessions = await store.sessions(reading, user.actor.id, database.clock())
        factor = await factor_store.get(reading, user.actor.id)
        me = await people.by_email(reading, user.email)
    return render(
        request,
        "members/profile.html",
        status=refusal.status if refusal else 200,
        me=me,
        saved=saved,
        codes=codes,
        refusal=refusal,
        factor=factor if factor and factor.confirmed_at else None,
        sessions=sessions,
        called=browsers.called,
        this_session=hashed(user.secret).hex(),
    )


def _factor_page(request: Request, address: str, refusal: AppError | None = None) -> Response:
    picture = segno.make(address, error="m").svg_data_uri(scale=QR_SCALE, dark="#000", light="#fff")
    secret = address.partition("secret=")[2].partition("&")[0]
    status = refusal.status if refusal else 200
    return render(request, "members/factor.html", status=status, picture=picture, secret=secret, refusal=refusal)


async def _note_failed(request: Request, act: str) -> None:
    """Somebody did not prove that the account is theirs."""
    actor = current_user(request).actor
    await audit.record_alone(database_of(request), actor, act, str(actor.id), result="failed")
