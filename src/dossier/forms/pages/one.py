"""The page of one form: where it stands, what was answered, what was written, and what can be done with it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.form_templates.model import AskedElement, Element, Wording, asked, is_empty
from dossier.form_templates.model.asking import Situation
from dossier.forms import actions
from dossier.forms.actions import Patch
from dossier.forms.actions.showing import whole
from dossier.forms.model import FORM_RECORD, USER_MEMBERS, Answer, Form
from dossier.forms.model import Response as Answered
from dossier.forms.model.new import CALLED
from dossier.forms.model.shown import WholeForm
from dossier.forms.pages.shared import LIST, origin
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.http import query
from dossier.foundation.pages.language import Language
from dossier.foundation.pages.reader import language_of
from dossier.records.pages import timeline
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

Act = Callable[[Transaction, UUID], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer as people read it: of which question, what it says, and the files in it; `rows` of a group, each with its answers."""

    label: str
    text: str = ""
    files: tuple[Any, ...] = ()
    rows: tuple[tuple["ShownAnswer", ...], ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of a form with what was answered on it."""

    title: str
    answers: tuple[ShownAnswer, ...]


async def one(request: Request) -> Response:
    return await _page(request)


async def remind(request: Request) -> Response:
    return await _done(request, lambda tx, form_id: actions.remind(tx, form_id, origin(request)))


async def another_link(request: Request) -> Response:
    return await _done(request, lambda tx, form_id: actions.new_link(tx, form_id, origin(request)))


async def change(request: Request) -> Response:
    """What the states of a form allow: sent, called back, processed, put away, and the other way round; until when, and whose it is."""
    sent = form(request)
    yes = {name: sent[name] == "true" for name in ("archived", "draft", "processed") if name in sent}
    until = {"active_until": sent["active_until"].strip() or None, "says_until": True} if "active_until" in sent else {}
    owner = (
        {"owner": {"email": sent["owner"]} if sent["owner"] else None, "says_owner": True} if "owner" in sent else {}
    )
    asked_for = Patch(**yes, **until, **owner)  # type: ignore[arg-type]
    done = await _done(request, lambda tx, form_id: actions.patch(tx, form_id, asked_for, origin(request)))
    came_by_review = sent.get("from") == "review" and done.status_code == HTTPStatus.SEE_OTHER
    return see_other(LIST / _id(request) / "review") if came_by_review else done


async def correct(request: Request) -> Response:
    """Who is asked is somebody else, or reached elsewhere: they get a link of their own."""
    sent = form(request)
    user = {name: sent.get(f"user.{name}", "").strip() or None for name in USER_MEMBERS}
    return await _done(request, lambda tx, form_id: actions.patch(tx, form_id, Patch(user=user), origin(request)))


async def delete(request: Request) -> Response:
    id = _id(request)
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: actions.delete(tx, id))
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(LIST)


PAGES = (
    PageRoute("GET", LIST + "/{id}", one),
    PageRoute("POST", LIST + "/{id}/remind", remind, "forms.change"),
    PageRoute("POST", LIST + "/{id}/link", another_link, "forms.change"),
    PageRoute("POST", LIST + "/{id}/change", change, "forms.change"),
    PageRoute("POST", LIST + "/{id}/recipient", correct, "forms.change"),
    PageRoute("POST", LIST + "/{id}/delete", delete, "forms.erase"),
)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


async def _done(request: Request, act: Act) -> Response:
    id = _id(request)
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: act(tx, id))
    except AppError as refusal:
        return await _page(request, refusal)
    return see_other(LIST / id)


async def _page(request: Request, refusal: AppError | None = None) -> Response:
    user, language = current_user(request), language_of(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        found = await actions.get(reading, _id(request))
        shown = await whole(reading, found)
        history = await timeline(reading, FORM_RECORD, found, 50)
        colleagues = await members.list_members(reading, found.workspace_id)
    newest = shown.responses[0] if shown.responses else None
    return render(
        request,
        "forms/form.html",
        status=refusal.status if refusal else 200,
        it=found,
        fill=origin(request).fill(found),
        active=found.is_active(database_of(request).clock()),
        until=_last_day(found),
        newest=newest,
        earlier=len(shown.responses) - 1,
        pages=list(_pages(shown, newest, language)),
        notifications=shown.notifications,
        members=[(name, CALLED[name]) for name in USER_MEMBERS],
        colleagues=colleagues,
        history=history,
        refusal=refusal,
    )


def _last_day(form: Form) -> str:
    """The last day on which it can be filled in, as an input has it; "" for none."""
    if form.active_until is None:
        return ""
    return (form.active_until - timedelta(microseconds=1)).astimezone(ZoneInfo(form.time_zone)).date().isoformat()


def _pages(shown: WholeForm, response: Answered | None, language: Language) -> Iterator[ShownPage]:
    """What was answered, or filled in beforehand, page by page in the words of the form."""
    form, wording = shown.form, Wording(shown.template, language.code)
    data = response.data if response else form.filled
    user = {name: getattr(form.user, name) for name in USER_MEMBERS} | {"anonymous": form.user.anonymous}
    decided = asked(shown.template, Situation(data, form.options, user))
    for page in decided.pages:
        answers = (_answer(each, shown, response, wording, language) for each in page.elements if _told(each.element))
        yield ShownPage(wording.page_title(page.page), tuple(answers))


def _told(element: Element) -> bool:
    return element.text is None


def _typed(kept: Answer | None) -> str:
    """What was typed into the inputs of a question and does not count."""
    typed = kept.typed if kept and isinstance(kept.typed, list) else ()
    return " · ".join(str(each[1]) for each in typed if isinstance(each, list) and len(each) == 2 and each[1])[:300]


def _answer(
    each: AskedElement, shown: WholeForm, response: Answered | None, wording: Wording, language: Language
) -> ShownAnswer:
    label, field = wording.label(each.element), wording.field(each.element)
    if each.rows:
        rows = (
            tuple(_answer(cell, shown, None, wording, language) for cell in row.elements if _told(cell.element))
            for row in each.rows
        )
        return ShownAnswer(label, rows=tuple(rows))
    kept = response.answers.get(each.key) if response else None
    if is_empty(each.value):
        return ShownAnswer(label, wrong=_typed(kept))
    if field is None:
        name = each.value.get("name") if isinstance(each.value, dict) else ""
        return ShownAnswer(label, str(name or language.gettext("Signed")))
    files = tuple(shown.files[id] for id in field.files(each.value) if id in shown.files)
    return ShownAnswer(label, "" if files else field.whole(each.value, language), files)
