"""A member fills a form in: one of the house's own, or on behalf of who was asked; each answer is saved by itself, then all is handed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates
from dossier.fields import Field, Shown
from dossier.form_templates.model import Asked, FormTemplate, Wording
from dossier.forms.actions import answering, saving, submitting
from dossier.forms.actions.answering import Browser, Sending
from dossier.forms.model import Form
from dossier.forms.model import Response as Answered
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.foundation.pages.language import Language
from dossier.web import PageRoute, addresses, current_user, database_of, language_of, render, see_other

_OWN = ("form_token", "element", "do")
_ELSEWHERE = ("files",)
"""Kinds of inputs that only the portal has for forms."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the page shows it; without `input` it is answered by the link alone, or not at all where a member fills the form in."""

    key: str
    label: str
    help: str | None
    required: bool
    field: Field | None
    input: Any
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class _Filling:
    form: Form
    template: FormTemplate
    newest: Answered | None
    asked: Asked


async def page(request: Request) -> Response:
    return await _page(request, "", None)


async def _page(request: Request, key: str, refusal: AppError | None, status: int = 200) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as session:
        filling = await _filling(session, query.identifier(request.path_params["id"], "id"))
    wording = Wording(filling.template, language_of(request).code)
    questions = list(_questions(filling, wording, language_of(request)))
    if refusal and key:
        questions = [_refused(each, refusal) if each.key == key else each for each in questions]
    labels = {each.key: wording.label(each) for each in filling.template.all_elements()}
    return render(
        request, "forms/fill.html", status=refusal.status if refusal else status, form=filling.form,
        title=wording.title, questions=questions, missing=[labels[each.element] for each in filling.asked.missing],
        open=filling.form.status == "pending" and not filling.form.archived_at, refusal=None if key else refusal,
        tried=status != 200,
    )  # fmt: skip


async def _filling(session: ReadSession, form_id: UUID) -> _Filling:
    form = await saving.get(session, form_id)
    template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
    newest = await saving.newest_response(session, form_id)
    return _Filling(form, template, newest, answering.asked_of(template, form, newest))


def _questions(filling: _Filling, wording: Wording, speaks: Language) -> Iterator[Question]:
    for asked in (each for page in filling.asked.pages for each in page.elements if each.element.answered):
        element, field = asked.element, wording.field(asked.element)
        input = field.input(speaks) if field else None
        here = field is not None and getattr(input, "kind", "") not in _ELSEWHERE
        shown = Shown(field, asked.value) if field and here else None
        yield Question(
            element.key, wording.label(element), wording.help(element), asked.required,
            field if here else None, input if here else None, shown,
        )  # fmt: skip


def _refused(question: Question, refusal: AppError) -> Question:
    if question.shown is None:
        return question
    return replace(question, shown=replace(question.shown, refusal=refusal, typed=question.shown.value))


async def fill(request: Request) -> Response:
    """Save an answer, or hand all of it in."""
    sent: Sequence[tuple[str, str]] = getattr(request.state, "form", ())
    form_id = query.identifier(request.path_params["id"], "id")
    key = next((value for name, value in sent if name == "element"), "")
    try:
        if key:
            own = [(f"{key}.{name}", value) for name, value in sent if name not in _OWN]
            return await _saved(request, form_id, key, own)
        return await _handed_in(request, form_id)
    except AppError as refusal:
        return await _page(request, key, refusal)


async def _saved(request: Request, form_id: UUID, key: str, own: Sequence[tuple[str, str]]) -> Response:
    actor = current_user(request).actor
    async with database_of(request).reading(actor.scope) as session:
        template = (await _filling(session, form_id)).template
    saved = await database_of(request).write(
        actor, lambda tx: answering.save(tx, form_id, template, {key: Sending(sent=own)}, Browser())
    )
    if wrong := saved.wrong.get(key):
        raise Invalid(tuple(each.problem for each in wrong))
    return see_other(f"{addresses.FORMS / form_id / 'fill'}#q-{key}")


async def _handed_in(request: Request, form_id: UUID) -> Response:
    actor = current_user(request).actor
    async with database_of(request).reading(actor.scope) as session:
        template = (await _filling(session, form_id)).template
    await database_of(request).write(actor, lambda tx: answering.begin(tx, form_id, Browser()))
    done = await database_of(request).write(actor, lambda tx: submitting.submit(tx, form_id, template, Browser()))
    if not done.done:
        return await _page(request, "", None, 400)
    return see_other(addresses.FORMS / form_id / "review")


PAGES = (
    PageRoute("GET", addresses.FORMS + "/{id}/fill", page, "forms.answer"),
    PageRoute("POST", addresses.FORMS + "/{id}/fill", fill, "forms.answer"),
)
