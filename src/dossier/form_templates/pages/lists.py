"""Lists of options that form templates share, for people: made, changed, who uses them, forgotten."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from dossier.fields import Sent, designing
from dossier.form_templates import store
from dossier.form_templates.actions import lists as actions
from dossier.form_templates.actions.lists import Given
from dossier.form_templates.model.lists import OptionList
from dossier.form_templates.model.slugs import slug_of
from dossier.form_templates.store import lists as using
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError, Conflict, NotFound
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

ADDRESS = addresses.FORM_TEMPLATES / "lists"


async def overview(request: Request) -> Response:
    return await _overview(request)


async def _overview(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await store.option_lists(reading, current_user(request).workspace_id)
        used = await using.used_by(reading, current_user(request).workspace_id)
    status, sent = (refusal.status, form(request)) if refusal else (HTTPStatus.OK, {})
    return render(
        request,
        "form_templates/lists.html",
        status=status,
        lists=found,
        used=used,
        refusal=refusal,
        sent=sent,
        languages=list(MORE_LANGUAGES),
    )


async def create(request: Request) -> Response:
    """Make a list; its short name is made of its title where none is typed."""
    sent, user = form(request), current_user(request)
    slug = sent.get("slug", "").strip() or slug_of(sent.get("title", ""))
    try:
        given = _given(request)
        await database_of(request).write(
            user.actor, lambda tx: actions.keep(tx, user.workspace_id, slug, given, seen=0)
        )
    except AppError as refusal:
        return await _overview(request, refusal)
    return see_other(ADDRESS / slug)


def _given(request: Request) -> Given:
    sent: Sent = request.state.form
    said = dict(sent)
    texts = {code: _labels(sent, code) for code in MORE_LANGUAGES if said.get(f"texts.{code}", "").strip()}
    return Given(said.get("title", "").strip(), designing.options_lines(sent, "options"), texts)


def _labels(sent: Sent, code: str) -> Mapping[str, str]:
    return {each["value"]: each["label"] for each in designing.options_lines(sent, f"texts.{code}")}


async def one(request: Request) -> Response:
    return await _one(request)


async def _one(request: Request, refusal: AppError | None = None) -> Response:
    slug, user = request.path_params["key"], current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await _found(reading, request)
        used = (await using.used_by(reading, user.workspace_id)).get(slug, ())
    sent = form(request) if refusal and "options" in form(request) else None
    shown = {"title": found.title, "options": designing.option_shown({"options": found.options}, "options")}
    shown |= {f"texts.{code}": _shown(found, code) for code in MORE_LANGUAGES}
    return render(
        request,
        "form_templates/option_list.html",
        status=refusal.status if refusal else 200,
        list=found,
        held=shown | (sent or {}),
        used=used,
        languages=_languages(found),
        refusal=refusal,
    )


def _shown(found: OptionList, code: str) -> str:
    return "\n".join(f"{value}: {label}" for value, label in found.texts.get(code, {}).items())


def _languages(found: OptionList) -> Sequence[tuple[str, int]]:
    """Each language, and how many of the options have words in it."""
    values = {each["value"] for each in found.options}
    return [(code, len(values & found.texts.get(code, {}).keys())) for code in MORE_LANGUAGES]


async def _found(reading: ReadSession, request: Request) -> OptionList:
    slug = request.path_params["key"]
    for each in await store.option_lists(reading, current_user(request).workspace_id):
        if each.slug == slug:
            return each
    raise NotFound.because("There is no list of options “{slug}”.", slug=slug)


async def change(request: Request) -> Response:
    user, slug, version = current_user(request), request.path_params["key"], form(request).get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 10 else None
    try:
        given = _given(request)
        await database_of(request).write(
            user.actor, lambda tx: actions.change(tx, user.workspace_id, slug, given, seen, MORE_LANGUAGES)
        )
    except AppError as refusal:
        return await _one(request, refusal)
    return see_other(ADDRESS / slug)


async def delete(request: Request) -> Response:
    user, slug = current_user(request), request.path_params["key"]
    try:
        await database_of(request).write(user.actor, lambda tx: actions.remove(tx, user.workspace_id, slug))
    except Conflict as refusal:
        return await _one(request, refusal)
    return see_other(ADDRESS)


PAGES = (
    PageRoute("GET", ADDRESS, overview, "templates.design"),
    PageRoute("POST", ADDRESS, create, "templates.design"),
    PageRoute("GET", ADDRESS + "/{key}", one, "templates.design"),
    PageRoute("POST", ADDRESS + "/{key}", change, "templates.design"),
    PageRoute("POST", ADDRESS + "/{key}/delete", delete, "templates.design"),
)
