"""Looking through what was answered, for people: each answer beside what is known and what was answered before; asking again in one's own words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import contacts, files
from dossier.files.model import File
from dossier.form_templates.model import Element, Wording, is_empty
from dossier.forms.actions import Origin, asking_again, reviewing
from dossier.forms.actions.printing import printed
from dossier.forms.actions.reviewing import Review
from dossier.forms.model import Form
from dossier.forms.model.reviewing import EVERY, Item, Refusal, Verdicts
from dossier.forms.store import reading
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError
from dossier.foundation.http import query
from dossier.foundation.http.content import disposition
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.foundation.json import same
from dossier.foundation.pages.language import Language
from dossier.web import PageRoute, addresses, current_user, database_of, form, language_of, origin_of, render, see_other

_MOST_SHOWN = 300  # characters of an answer


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item as the page shows it. `known`: what the case or the contact has, `before`: what was answered before; None where there is nothing.

    `said`, `reason`: what stands in the form.
    """

    item: Item
    answer: str
    files: Sequence[File]
    known: str | None = None
    differs: bool = False
    before: str | None = None
    said: str = ""
    reason: str = ""


async def page(request: Request) -> Response:
    return await _page(request, None)


async def _page(request: Request, sent: Mapping[str, str] | None, refusal: AppError | None = None) -> Response:
    user, form_id = current_user(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as session:
        found = await reviewing.review_of(session, form_id)
        known = await _known(session, found.form)
        named = await _files(session, found)
    shown = [_typed(_shown(found, each, known, named, language_of(request)), sent or {}) for each in found.items]
    return render(
        request,
        "forms/review.html",
        status=refusal.status if refusal else 200,
        form=found.form,
        response=found.response,
        title=found.template.title,
        shown=shown,
        complete=found.complete,
        refused=[each.item for each in shown if each.item.state == "refused"],
        open=found.form.status in ("completed", "processed") and not found.form.archived_at,
        over=found.form.status in ("completed", "processed", "declined") and not found.form.archived_at,
        sent=sent or {},
        refusal=refusal,
        may=user.may("forms.change"),
    )


# ---- what stands beside an answer ----


async def _known(session: ReadSession, form: Form) -> dict[str, Any]:
    """Path → what the case has, and what is known of who was asked."""
    values: dict[str, Any] = {}
    if form.case_id:
        data = await reading.data_of_case(session, form.workspace_id, form.case_id)
        values |= {f"data.{key}": value for key, value in data.items()}
    if form.contact_id and (kept := await contacts.kept(session, form.contact_id)):
        names = ("email", "phone", "given_name", "family_name")
        values |= {f"contact.{name}": getattr(kept.contact, name) for name in names}
    return values


async def _files(session: ReadSession, found: Review) -> Mapping[str, File]:
    named = {id for each in found.items for id in _named(found, each) if parse_id(id)}
    ids = {id for each in named if (id := parse_id(each))}
    return {str(each.id): each for each in await files.several(session, ids)} if ids else {}


def _named(found: Review, item: Item) -> Sequence[str]:
    element = found.template.element_by_key[item.element]
    return list(element.field.files(item.value)) if element.field and not is_empty(item.value) else []


def _shown(
    found: Review, item: Item, known: Mapping[str, Any], there_are: Mapping[str, File], language: Language
) -> ShownItem:
    element = found.template.element_by_key[item.element]
    wording = Wording(found.template, language.code)
    path = str(element.binding) if element.binding else ""
    there, before = known.get(path), found.before.get(item.element)
    named = [there_are[id] for id in _named(found, item) if id in there_are]
    return ShownItem(
        item,
        "" if named else _said(wording, element, item.value, language),
        named,
        _said(wording, element, there, language) if path and not is_empty(there) else None,
        bool(path) and not is_empty(there) and not is_empty(item.value) and not same(there, item.value),
        None if is_empty(before) or same(before, item.value) else _said(wording, element, before, language),
    )


def _typed(shown: ShownItem, sent: Mapping[str, str]) -> ShownItem:
    item = shown.item
    said = sent.get(f"verdict.{item.element}", item.state)
    return replace(shown, said=said, reason=sent.get(f"reason.{item.element}", item.reason or ""))


def _said(wording: Wording, element: Element, value: Any, language: Language) -> str:
    if is_empty(value):
        return ""
    if field := wording.field(element):
        try:
            return field.displayed(value, language)
        except (ValueError, TypeError, AttributeError):
            return str(value)[:_MOST_SHOWN]
    if element.type == "group":
        return "; ".join(_row(wording, element, each, language) for each in value)
    return str(value.get("name") or "✓") if isinstance(value, Mapping) else str(value)[:_MOST_SHOWN]


def _row(wording: Wording, group: Element, row: Mapping[str, Any], language: Language) -> str:
    said = ((each, _said(wording, each, row.get(each.key), language)) for each in group.elements)
    return ", ".join(f"{wording.label(each)}: {text}" for each, text in said if text)


# ---- what is said of answers ----


async def review(request: Request) -> Response:
    """Keep what was said, or accept all that came."""
    sent = form(request)
    form_id = query.identifier(request.path_params["id"], "id")
    try:
        if sent.get("do") == "all":
            verdicts = Verdicts((EVERY,))
        else:
            async with database_of(request).reading(current_user(request).actor.scope) as session:
                verdicts = _verdicts(sent, (await reviewing.review_of(session, form_id)).items)
        await database_of(request).write(
            current_user(request).actor, lambda tx: reviewing.review(tx, form_id, verdicts)
        )
    except AppError as refusal:
        return await _page(request, sent, refusal)
    return see_other(addresses.FORMS / form_id / "review")


def _verdicts(sent: Mapping[str, str], items: Sequence[Item]) -> Verdicts:
    """What is news of what the page says."""
    said = {each.element: sent.get(f"verdict.{each.element}", each.state) for each in items}
    accept = [each.element for each in items if said[each.element] == "accepted" != each.state]
    undo = [
        each.element for each in items if said[each.element] == "received" and each.state in ("accepted", "refused")
    ]
    return Verdicts(tuple(accept), tuple(_refusals(sent, items, said)), tuple(undo))


def _refusals(sent: Mapping[str, str], items: Sequence[Item], said: Mapping[str, str]) -> Iterator[Refusal]:
    for each in items:
        reason = sent.get(f"reason.{each.element}", each.reason or "").strip()
        if said[each.element] == "refused" and (each.state != "refused" or reason != each.reason):
            yield Refusal(each.element, reason)


async def reopen(request: Request) -> Response:
    """Ask again what was chosen, in the words of whoever asks."""
    sent = form(request)
    form_id = query.identifier(request.path_params["id"], "id")
    chosen = tuple(value for name, value in getattr(request.state, "form", ()) if name == "again")
    until = sent.get("active_until", "")
    again = asking_again.Again(chosen or None, sent.get("message", "").strip() or None, until or None, bool(until))
    origin = Origin(origin_of(request), services_of(request).cipher)
    try:
        await database_of(request).write(
            current_user(request).actor, lambda tx: asking_again.reopen(tx, form_id, again, origin)
        )
    except AppError as refusal:
        return await _page(request, sent, refusal)
    return see_other(addresses.FORMS / form_id / "review")


async def paper(request: Request) -> Response:
    """The newest response as a PDF."""
    user, form_id = current_user(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as session:
        found = await reviewing.review_of(session, form_id)
    response_id: UUID = found.response.id if found.response else form_id
    made = await printed(services_of(request), user.actor.scope, response_id)
    headers = {"Content-Disposition": disposition("inline", made.name), "Cache-Control": "private, no-cache"}
    return Response(made.content, 200, headers, "application/pdf")


_ONE = addresses.FORMS + "/{id}"
PAGES = (
    PageRoute("GET", _ONE + "/review", page),
    PageRoute("POST", _ONE + "/review", review, "forms.change"),
    PageRoute("POST", _ONE + "/reopen", reopen, "forms.change"),
    PageRoute("GET", _ONE + "/paper", paper),
)
