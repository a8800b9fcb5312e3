"""A form is sent from the app: by which preset, to whom, with what is known already."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates
from dossier.form_templates.model import FormTemplate
from dossier.form_templates.model.rows import PresetChoice
from dossier.forms import actions
from dossier.forms.model import USER_MEMBERS
from dossier.forms.model.new import CALLED, NewForm
from dossier.forms.pages.shared import LIST, origin
from dossier.foundation.errors import AppError, NotFound
from dossier.foundation.http import query
from dossier.foundation.pages.reader import language_of
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

MOST_PREFILLED = 100  # questions that the page offers to answer beforehand


async def choose(request: Request) -> Response:
    """Which form, and then to whom."""
    return await _page(request)


async def send(request: Request) -> Response:
    user = current_user(request)
    try:
        asked = _asked(request)
        made = await database_of(request).write(user.actor, lambda tx: actions.create(tx, asked, origin(request)))
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(LIST / made.form.id)


PAGES = (
    PageRoute("GET", LIST + "/new", choose, "forms.create"),
    PageRoute("POST", LIST + "/new", send, "forms.create"),
)


def _asked(request: Request) -> NewForm:
    user, sent = current_user(request), form(request)
    return NewForm(
        workspaces=(user.workspace_id,),
        preset_id=query.identifier(sent.get("preset", ""), "preset"),
        user={name: sent.get(f"user.{name}", "").strip() or None for name in USER_MEMBERS},
        data=_typed(sent, "data."),
        options=_typed(sent, "options."),
        draft=sent.get("draft") == "yes",
        active_until=sent.get("active_until", "").strip() or None,
        says_until=bool(sent.get("active_until", "").strip()),
        owner_email=user.email if sent.get("owner") == "me" else None,
    )


def _typed(sent: Mapping[str, str], prefix: str) -> dict[str, Any]:
    given = {name.removeprefix(prefix): text.strip() for name, text in sent.items() if name.startswith(prefix)}
    return {name: text for name, text in given.items() if text}


async def _page(request: Request, refusal: AppError | None = None) -> Response:
    user, sent = current_user(request), form(request) if refusal else {}
    wanted = sent.get("preset") or request.query_params.get("preset", "")
    async with database_of(request).reading(user.actor.scope) as reading:
        presets = [each for each in await form_templates.choices(reading, user.workspace_id) if each.usable]
        chosen = next(
            (each for each in presets if str(each.id) == wanted),
            presets[0] if len(presets) == 1 and not wanted else None,
        )
        if wanted and chosen is None:
            raise NotFound.because("There is no form template “{slug}”.", slug=wanted)
        template = await _template(reading, chosen) if chosen else None
    return render(
        request,
        "forms/new.html",
        status=refusal.status if refusal else 200,
        presets=presets,
        chosen=chosen,
        asking=template,
        members=[(name, CALLED[name]) for name in USER_MEMBERS if name != "locale"],
        languages=template.languages if template else (),
        prefilled=_prefilled(request, template) if template else (),
        sent=sent,
        refusal=refusal,
    )


async def _template(reading: Any, preset: PresetChoice) -> FormTemplate:
    return await form_templates.version(reading, preset.workspace_id, preset.template_id, preset.version)


def _prefilled(request: Request, template: FormTemplate) -> Sequence[tuple[str, str, Any]]:
    """The questions that can be answered beforehand in one line: key, label, input."""
    language = language_of(request)
    asked = (
        (each, each.field.input(language))
        for each in template.elements
        if each.field and each.answered and not each.derived
    )
    simple = [(each.key, each.label, input) for each, input in asked if input.kind in ("line", "lines", "select")]
    hidden = [
        (each.key, each.label, each.field.input(language))
        for each in template.elements
        if not each.shown and each.field
    ]
    return [*hidden, *simple][:MOST_PREFILLED]
