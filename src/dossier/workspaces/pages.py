"""What a workspace is called, by which clock it goes, and the work that is done for it in the background."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation import exact, jobs, working_time
from dossier.foundation.actor import SERVER
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, InvalidValue, NotFound
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.pages.language import Language
from dossier.texts import compose_aside, parse
from dossier.web import (
    PageRoute,
    Public,
    addresses,
    current_user,
    database_of,
    form,
    language_of,
    render,
    see_other,
    uploaded,
)
from dossier.workspaces import actions, store
from dossier.workspaces.model import (
    ACCENTS,
    MAX_LOGO,
    TEXT_KINDS,
    TEXT_LANGUAGES,
    Mailing,
    WorkspaceText,
    brand,
    sample_values,
    time_zones,
)


async def general(request: Request) -> Response:
    return await _page(request)


async def save(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    name, time_zone, accent = (sent.get(each, "") for each in ("name", "time_zone", "accent"))
    handle = lambda tx: actions.change(tx, user.workspace_id, name, time_zone, accent or user.accent)  # noqa: E731
    try:
        await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes")


async def set_working_time(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    settings = {
        "country": sent.get("country") or None,
        "region": sent.get("region") if sent.get("country") == sent.get("seen.country") else None,
        "customs": [value for name, value in request.state.form if name == "custom"],
        "days": sorted({int(value) for name, value in request.state.form if name == "day" and value in _DAYS}),
        "opens": _minutes(sent.get("opens", "")),
        "closes": _minutes(sent.get("closes", "")),
    }
    if settings["country"] != (sent.get("seen.country") or None):
        settings["customs"] = []  # of another country
    given = {name: value for name, value in settings.items() if value not in (None, "", [])} | {
        "days": settings["days"]
    }
    handle = lambda tx: actions.set_working_time(tx, user.workspace_id, given)  # noqa: E731
    try:
        await database_of(request).write(user.actor, handle)
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes#working-time")


_DAYS = tuple("1234567")


def _minutes(text: str) -> int:
    """Minutes of the day: `08:30` is 510, and `00:00` at the end of one is 1440; -1 for what is no time."""
    try:
        hour, minute = (int(part) for part in exact.typed_time(text).split(":"))
    except InvalidValue:
        return 24 * 60 if text == "24:00" else -1
    return 60 * hour + minute


async def set_outbound(request: Request) -> Response:
    """What calls of the workspace may reach inside."""
    user, server = current_user(request), services_of(request).outbound
    text = form(request).get("outbound", "")
    try:
        handle = lambda tx: actions.set_outbound(tx, user.workspace_id, text, server)  # noqa: E731
        await database_of(request).write(user.actor, handle)
    except Invalid as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes#outbound")


async def set_embedding(request: Request) -> Response:
    """Which sites may show forms inside their pages."""
    user, text = current_user(request), form(request).get("origins", "")
    try:
        handle = lambda tx: actions.set_embed_origins(tx, user.workspace_id, text)  # noqa: E731
        await database_of(request).write(user.actor, handle)
    except Invalid as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes#embedding")


async def set_logo(request: Request) -> Response:
    user, content = current_user(request), uploaded(request, "logo")
    try:
        await database_of(request).write(user.actor, lambda tx: actions.set_logo(tx, user.workspace_id, content))
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(addresses.GENERAL + "?saved=yes")


async def remove_logo(request: Request) -> Response:
    user = current_user(request)
    await database_of(request).write(user.actor, lambda tx: actions.remove_logo(tx, user.workspace_id))
    return see_other(addresses.GENERAL + "?saved=yes")


async def logo(request: Request) -> Response:
    """A picture that stays as it is for good: another one has another address."""
    workspace_id, hash = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    async with database_of(request).reading(SERVER) as reading:
        found = await store.logo(reading, workspace_id, hash) if hash.isalnum() else None
    if found is None:
        raise NotFound.because("There is nothing at this address.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, headers=headers, media_type=f"image/{found.kind}")


async def secrets(request: Request) -> Response:
    return await _secrets(request)


async def set_secret(request: Request) -> Response:
    user, sent, cipher = current_user(request), form(request), services_of(request).cipher
    name, value = sent.get("name", "").strip(), sent.get("value", "")
    try:
        await database_of(request).write(
            user.actor, lambda tx: actions.set_secret(tx, cipher, user.workspace_id, name, value)
        )
    except AppError as refusal:
        return await _secrets(request, refusal)
    return see_other(addresses.SECRETS + "?saved=yes")


async def remove_secret(request: Request) -> Response:
    user, name = current_user(request), request.path_params["key"]
    await database_of(request).write(user.actor, lambda tx: actions.remove_secret(tx, user.workspace_id, name))
    return see_other(addresses.SECRETS + "?saved=yes")


async def _secrets(request: Request, refusal: AppError | None = None) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await actions.list_secrets(reading, user.actor, user.workspace_id)
    return render(
        request,
        "workspaces/secrets.html",
        status=refusal.status if refusal else 200,
        secrets=found,
        saved="saved" in request.query_params,
        refusal=refusal,
    )


async def work(request: Request) -> Response:
    """The background work of this workspace; that of the server and of other workspaces is not theirs to see."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await jobs.listed(reading, failed=False, everywhere=False)
    return render(request, "workspaces/jobs.html", jobs=found, done="done" in request.query_params)


async def retry(request: Request) -> Response:
    return await _decide(request, actions.retry_job)


async def cancel(request: Request) -> Response:
    return await _decide(request, actions.cancel_job)


async def texts(request: Request) -> Response:
    """What messages have in common, in one language."""
    return await _texts_page(request)


async def set_language(request: Request) -> Response:
    user, code = current_user(request), form(request).get("language", "")
    await database_of(request).write(user.actor, lambda tx: actions.set_language(tx, user.workspace_id, code))
    return see_other(f"{addresses.MESSAGE_TEXTS}?language={code}&saved=yes")


async def write_text(request: Request) -> Response:
    user, sent = current_user(request), form(request)
    kind = query.choice(sent, "kind", TEXT_KINDS, "snippet")
    text = WorkspaceText(kind, sent.get("name", "").strip(), sent.get("language", ""), sent.get("body", ""))
    try:
        await database_of(request).write(user.actor, lambda tx: actions.write_text(tx, user.workspace_id, text))
    except AppError as refusal:
        return await _texts_page(request, text, refusal)
    return see_other(f"{addresses.MESSAGE_TEXTS}?language={text.language}&saved=yes")


async def sample(request: Request) -> Response:
    """How a mail of the workspace looks, to whoever looks at this page."""
    user, code = current_user(request), request.query_params.get("language", "en")
    async with database_of(request).reading(user.actor.scope) as reading:
        mailing = await store.mailing(reading, user.workspace_id)
    body = _sample_body(language_of(request), mailing)
    values = sample_values(mailing, code, user.actor.name, _here(request) + addresses.CASES)
    subject = parse(language_of(request).gettext("A message"), names=None)
    mail = await compose_aside(subject, parse(body, names=None), values, code, brand(mailing, code, _here(request)))
    return HTMLResponse(mail.html, headers={"Content-Security-Policy": _SAMPLE, "Cache-Control": "no-store"})


def _sample_body(reader: Language, mailing: Mailing) -> str:
    said = reader.gettext("This is how a message looks, with **bold words**, [a link]({{ case.url }}) and a list:")
    snippets = "".join(f"\n\n{{{{ snippets.{name} }}}}" for name in mailing.snippets)
    return f"{reader.gettext('Hello')} {{{{ contact.name }}}},\n\n{said}\n\n- 1\n- 2{snippets}"


_SAMPLE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
"""What the sample may do: be looked at, in a frame of ours."""

PAGES = (
    PageRoute("GET", addresses.MESSAGE_TEXTS, texts, "messages.design"),
    PageRoute("POST", addresses.MESSAGE_TEXTS, write_text, "messages.design"),
    PageRoute("POST", addresses.MESSAGE_TEXTS / "language", set_language, "messages.design"),
    PageRoute("GET", addresses.MESSAGE_TEXTS / "sample", sample, "messages.design"),
    PageRoute("GET", addresses.GENERAL, general, "workspace.change"),
    PageRoute("POST", addresses.GENERAL, save, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/working-time", set_working_time, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/outbound", set_outbound, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/embedding", set_embedding, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/logo", set_logo, "workspace.change"),
    PageRoute("POST", addresses.GENERAL + "/logo/remove", remove_logo, "workspace.change"),
    PageRoute("GET", addresses.LOGO + "/{id}/{key}", logo, Public),
    PageRoute("GET", addresses.SECRETS, secrets, "secrets.manage"),
    PageRoute("POST", addresses.SECRETS, set_secret, "secrets.manage"),
    PageRoute("POST", addresses.SECRETS + "/{key}/remove", remove_secret, "secrets.manage"),
    PageRoute("GET", addresses.JOBS, work, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/retry", retry, "jobs.manage"),
    PageRoute("POST", addresses.JOBS + "/{id}/cancel", cancel, "jobs.manage"),
)


async def _decide(request: Request, decide: Callable[[Transaction, int], Awaitable[None]]) -> Response:
    text = request.path_params["id"]
    id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    await database_of(request).write(current_user(request).actor, lambda tx: decide(tx, id))
    return see_other(addresses.JOBS + "?done=yes")


async def _texts_page(
    request: Request, typed: WorkspaceText | None = None, refusal: AppError | None = None
) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        mailing = await store.mailing(reading, user.workspace_id)
    code = typed.language if typed else request.query_params.get("language") or mailing.language
    names = language_of(request).locale.languages
    return render(
        request,
        "workspaces/texts.html",
        status=refusal.status if refusal else 200,
        mailing=mailing,
        code=code,
        languages=[(each, names.get(each, each)) for each in dict.fromkeys((*TEXT_LANGUAGES, code))],
        texts={(each.kind, each.name): each.body for each in mailing.texts if each.language == code},
        typed=typed,
        refusal=refusal,
        saved="saved" in request.query_params,
    )


def _here(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def _page(request: Request, refusal: AppError | None = None) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        workspace = await store.get(reading, user.workspace_id)
        outbound = await store.outbound(reading, user.workspace_id)
        origins = ", ".join(await store.embed_origins(reading, user.workspace_id))
    settings = workspace.working_time or {}
    country, names = settings.get("country"), language_of(request).countries
    regions, customs = working_time.parts_of(country) if country in working_time.countries() else ((), ())
    return render(
        request,
        "workspaces/general.html",
        status=refusal.status if refusal else 200,
        time_zones=time_zones(),
        accents=ACCENTS,
        most_logo=MAX_LOGO // 1024,
        saved="saved" in request.query_params,
        refusal=refusal,
        leaves_more=services_of(request).outbound.leaves_more,
        outbound=form(request).get("outbound", outbound) if refusal else outbound,
        origins=form(request).get("origins", origins) if refusal else origins,
        country=country,
        countries=sorted(
            ((each, names.get(each, each)) for each in working_time.countries()), key=lambda each: each[1]
        ),
        regions=regions,
        region=settings.get("region"),
        customs=customs,
        kept=settings.get("customs") or (),
        days=settings.get("days") or working_time.MONDAY_TO_FRIDAY,
        opens=_clock(settings.get("opens", working_time.OPENS)),
        closes=_clock(settings.get("closes", working_time.CLOSES)),
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
