"""A form template is looked at and tried, drawn as people outside will see it. What is typed goes along from page to page, and is kept nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier import form_templates
from dossier.fields import Sent
from dossier.form_templates.model import Asked, AskedPage, Element, FormTemplate, Wording, asked
from dossier.form_templates.model.asking import Situation
from dossier.forms.model import Answer, Form, FormUser
from dossier.forms.model import Response as Answered
from dossier.forms.model.access import Entry
from dossier.forms.model.given import Given, Reading, files_named, given, inside, places, with_hidden
from dossier.forms.portal.questions import Drawing, called, news_of, questions, said
from dossier.forms.portal.visiting import Guest
from dossier.foundation import json
from dossier.foundation.clock import today
from dossier.foundation.errors import Invalid
from dossier.foundation.http import query
from dossier.foundation.pages.language import MORE_LANGUAGES, language
from dossier.web import CurrentUser, PageRoute, addresses, current_user, database_of, form, render
from dossier.web.portal import Brand, spoken
from dossier.web.render import render_text

LIST = addresses.FORM_TEMPLATES
LARGEST = 1_000_000  # characters of what goes along
NOBODY = FormUser(given_name="Anna", family_name="Peeters", email="anna@example.com", phone="+32470123456")
"""Who tries it, for conditions that ask."""
_FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self';"
    " frame-ancestors 'self'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A form that is tried: what was answered by now, and what was typed wrongly."""

    template: FormTemplate
    values: Mapping[str, Any]
    typed: Mapping[str, Any]

    @property
    def asked(self) -> Asked:
        """What it asks by now."""
        user = {name: getattr(NOBODY, name) for name in NOBODY.__slots__} | {"anonymous": False}
        options = {each.key: each.default for each in self.template.options}
        return asked(self.template, Situation(self.values, options, user))

    @property
    def text(self) -> str:
        """What goes along."""
        return json.encode({"values": dict(self.values), "typed": dict(self.typed)}).decode()


async def preview(request: Request) -> Response:
    """The page around it: how wide, and in which language."""
    user, id = current_user(request), _id(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        draft, refusal, spoken_there = await _draft(reading, id)
    return render(
        request,
        "forms/preview.html",
        status=400 if refusal else 200,
        draft=draft,
        address=LIST / id,
        languages=spoken_there,
        chosen=request.query_params.get("language", ""),
        wide=request.query_params.get("width") == "desktop",
        refusal=refusal,
    )


async def _draft(reading: Any, id: UUID) -> tuple[Any, Invalid | None, Sequence[str]]:
    try:
        draft, template = await form_templates.to_try(reading, id)
    except Invalid as refusal:
        return await form_templates.get_draft(reading, id), refusal, ()
    return draft, None, [each for each in template.languages if each in MORE_LANGUAGES]


async def first(request: Request) -> Response:
    """The form as it begins, or the page that is asked for."""
    trial = await _trial(request, "")
    return await _draw(request, trial, request.query_params.get("page", ""))


async def answer(request: Request) -> Response:
    """What was typed on a page is taken along, and the next one is shown; or the same, with what is wrong."""
    sent: Sent = request.state.form
    pressed = form(request)
    trial = await _trial(request, pressed.get("tried", ""))
    here = trial.asked.page(pressed.get("page", ""))
    if here is None:
        return await _draw(request, trial, pressed.get("to", ""))
    trial = _answered(request, trial, here, _without_removed(sent))
    now = trial.asked.page(here.key)
    if "to" in pressed:
        return await _draw(request, trial, pressed["to"])
    if "add" in pressed or "remove" in pressed or pressed.get("go") == "stay":
        return await _draw(request, trial, here.key, more=pressed.get("add", ""))
    news = news_of(here, now, [each.key for each in here.elements]) if now else []
    missing = [
        each
        for each in trial.asked.missing
        if each.page == here.key and called(each) not in news and (each.group or each.element) not in news
    ]
    if missing or news or any(each.key in trial.typed for each in here.elements):
        return await _draw(request, trial, here.key, missing=missing)
    return await _draw(request, trial, _after(trial.asked, here.key))


PAGES = (
    PageRoute("GET", LIST + "/{id}/preview", preview, "templates.design"),
    PageRoute("GET", LIST + "/{id}/preview/page", first, "templates.design"),
    PageRoute("POST", LIST + "/{id}/preview/page", answer, "templates.design"),
)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


async def _trial(request: Request, text: str) -> Trial:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        _, template = await form_templates.to_try(reading, _id(request))
    kept = json.decode(text.encode()) if text and len(text) <= LARGEST else {}
    parts = [kept.get(name) if isinstance(kept, dict) else None for name in ("values", "typed")]
    values, typed = (each if isinstance(each, dict) else {} for each in parts)
    known = {each.key for each in template.elements}
    return Trial(template, *({key: value for key, value in each.items() if key in known} for each in (values, typed)))


def _after(asked_now: Asked, key: str) -> str:
    keys = [each.key for each in asked_now.pages]
    place = keys.index(key) + 1 if key in keys else 0
    return keys[place] if place < len(keys) else "check"


def _answered(request: Request, trial: Trial, here: AskedPage, sent: Sent) -> Trial:
    """The trial with what was typed on a page."""
    values, typed = dict(trial.values), dict(trial.typed)
    reading = _reading(request, Wording(trial.template, _language(request, trial.template)))
    for each in here.elements:
        if each.element.answered:
            own = [pair for pair in sent if pair[0].startswith(f"{each.key}.")]
            found = _given(each.element, own, reading)
            if each.rows:
                found = with_hidden(each, values.get(each.key), own, found)
            values[each.key], typed[each.key] = found.value, found.typed and [list(pair) for pair in found.typed]
    return Trial(trial.template, _there(values), _there(typed))


def _given(element: Element, sent: Sent, reading: Reading) -> Any:
    """An answer; files are their names, as none is sent anywhere."""
    if _takes_files(element):
        names = [value for name, value in inside(sent, element.key) if name in ("value", "file") and value]
        return SimpleNamespace(value=list(dict.fromkeys(names)) or None, typed=None)
    return _rows(element, sent, reading) if element.type == "group" else given(element, sent, reading)


def _rows(group: Element, sent: Sent, reading: Reading) -> Given:
    inner = [each for each in group.elements if _takes_files(each)]
    starts = [f"{group.key}.{place}.{each.key}." for place in places(inside(sent, group.key)) for each in inner]
    found = given(group, [pair for pair in sent if not pair[0].startswith(tuple(starts))], reading)
    rows: list[dict[str, Any]] = [*found.value] if found.value else []
    for place, number in enumerate(places(inside(sent, group.key))):
        own = inside(sent, f"{group.key}.{number}")
        named = {each.key: each_named for each in inner if (each_named := _given(each, own, reading).value)}
        if named:
            rows += [{} for _ in range(place + 1 - len(rows))]
            rows[place] = rows[place] | named
    return replace(found, value=rows or None)


def _takes_files(element: Element) -> bool:
    return element.field is not None and bool(element.field.files(["x"]))


def _there(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _without_removed(sent: Sent) -> Sent:
    """What was sent but for a row, or a file, whose button was pressed."""
    removed = next((value for name, value in sent if name == "remove"), "")
    kept = ((name, value) for name, value in sent if f"{name}={value}" != removed)
    return [pair for pair in kept if not removed or not pair[0].startswith(f"{removed}.")]


async def _draw(request: Request, trial: Trial, page: str, *, missing: Sequence[Any] = (), more: str = "") -> Response:
    now = trial.asked
    here = now.page(page) or (None if page == "check" else next(iter(now.pages), None))
    guest = _guest(request, trial)
    speaks = language(guest.language)
    files = {
        name: SimpleNamespace(id=name, name=name, size=0, is_picture=False)
        for each in trial.template.elements
        for name in files_named(each, trial.values.get(each.key))
    }
    drawing = Drawing(guest, speaks, _reading(request, guest.wording), missing=missing, more=more, files=files)
    keys = [each.key for each in now.pages]
    number = keys.index(here.key) + 1 if here else 0
    text = render_text(
        guest.language,
        "forms/trying.html",
        guest=guest,
        speaks=speaks,
        page=here.page if here else None,
        questions=questions(here, drawing) if here else (),
        number=number,
        before=keys[number - 2] if number > 1 else "",
        pages=now.pages,
        wrong=bool(missing) or bool(here and any(each.key in trial.typed for each in here.elements)),
        parts=[] if here else [_part(each, guest, speaks) for each in now.pages],
        missing=now.missing,
        tried=trial.text,
        token=current_user(request).form_token,
        here=f"{request.url.path}?language={guest.language}",
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": _FRAMED})


def _part(page: AskedPage, guest: Guest, speaks: Any) -> tuple[str, str, list[tuple[str, str]]]:
    """A page with its answers, as they would be handed in: its key, its title, label and text of each."""
    answers = [
        (guest.wording.label(each.element), _said(each, guest, speaks))
        for each in page.elements
        if each.element.answered or each.element.derived
    ]
    return page.key, guest.wording.page_title(page.page), answers


def _said(each: Any, guest: Guest, speaks: Any) -> str:
    if _takes_files(each.element):
        return ", ".join(each.value or ())
    return said(each, each.value, guest, speaks)


def _language(request: Request, template: FormTemplate) -> str:
    return spoken(template.languages, (request.query_params.get("language"), template.locale))


def _reading(request: Request, wording: Wording) -> Reading:
    zone = current_user(request).time_zone
    return Reading(today(database_of(request).clock(), zone), zone, wording.field)


def _guest(request: Request, trial: Trial) -> Guest:
    """Nobody who is, at a form that is not."""
    user, chosen = current_user(request), _language(request, trial.template)
    answered = _response(request, trial, user)
    made = replace(_form(request, user), id=answered.form_id)
    return Guest(
        address=LIST / _id(request) / "preview",
        language=chosen,
        languages=(),
        chosen=chosen,
        form_token=user.form_token,
        brand=Brand(user.workspace),
        actor=user.actor,
        state="continue",
        form=made,
        template=trial.template,
        wording=Wording(trial.template, chosen),
        responses=(answered,),
        entry=Entry(),
        session="",
    )


def _response(request: Request, trial: Trial, user: CurrentUser) -> Answered:
    now, nothing = database_of(request).clock(), UUID(int=0)
    keys = dict.fromkeys((*trial.values, *trial.typed))
    answers = {key: Answer(key, 1, trial.values.get(key), trial.typed.get(key), now) for key in keys}
    return Answered(user.workspace_id, nothing, nothing, 1, now, now, answers=answers)


def _form(request: Request, user: CurrentUser) -> Form:
    now, nothing = database_of(request).clock(), UUID(int=0)
    return Form(
        workspace_id=user.workspace_id,
        workspace_slug="",
        time_zone=user.time_zone,
        working_time=None,
        id=nothing,
        version=1,
        created_at=now,
        updated_at=now,
        reference="",
        status="pending",
        template_id=nothing,
        template_version=0,
        preset_id=nothing,
        slug="",
        name="",
        user=NOBODY,
    )
