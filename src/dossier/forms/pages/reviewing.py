"""Looking through what was answered, for people: each answer beside what is known and what was answered before; asking again in one's own words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import contacts
from dossier.form_templates.model import Wording, is_empty
from dossier.forms.actions import Origin, asking_again, reviewing
from dossier.forms.actions.printing import printed
from dossier.forms.actions.reviewing import Review
from dossier.forms.model import Form
from dossier.forms.model import Response as Answered
from dossier.forms.model.reviewing import EVERY, Item, Reviewed, lines, news_of
from dossier.forms.pages.telling import MOST_EARLIER, Telling, Told, files_in
from dossier.forms.store import reading
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict
from dossier.foundation.http import query
from dossier.foundation.http.content import disposition
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.foundation.json import same
from dossier.web import PageRoute, addresses, current_user, database_of, form, language_of, origin_of, render, see_other


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item as the page shows it. `known`: what the case or the contact has, None where there is nothing; `before`: what was answered before.

    `verdict`, `reason`: what stands in the form, `seen`: what stood there when it was made.
    """

    item: Item
    label: str
    answer: Told
    known: Told | None = None
    differs: bool = False
    before: Sequence["Before"] = ()
    verdict: str = ""
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier response had, where it is other than what came after it; `refused`: what was said of that."""

    response: Answered
    answer: Told
    refused: Reviewed | None = None


async def page(request: Request) -> Response:
    return await _page(request, None)


async def _page(request: Request, sent: Mapping[str, str] | None, refusal: AppError | None = None) -> Response:
    user, form_id = current_user(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as session:
        found = await reviewing.review_of(session, form_id)
        known = await _known(session, found.form)
        named = await files_in(session, found, known)
    telling = Telling(Wording(found.template, language_of(request).code), language_of(request), named)
    shown = [_typed(_shown(found, each, known, telling), sent or {}) for each in found.items]
    return render(
        request,
        "forms/review.html",
        status=refusal.status if refusal else 200,
        form=found.form,
        response=found.response,
        earlier=found.earlier,
        title=found.template.title,
        shown=shown,
        complete=found.complete,
        refused=[each.item for each in shown if each.item.state == "refused"],
        news=sum(each.item.state == "received" for each in shown),
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


def _shown(found: Review, item: Item, known: Mapping[str, Any], telling: Telling) -> ShownItem:
    element = found.template.element_by_key[item.element]
    path = str(element.binding) if element.binding else ""
    there = known.get(path)
    is_known = bool(path) and not is_empty(there)
    return ShownItem(
        item,
        telling.wording.label(element),
        telling.told(element, item.value),
        telling.told(element, there) if is_known else None,
        is_known and not is_empty(item.value) and not same(there, item.value),
        tuple(_before(found, item, telling)),
    )


def _before(found: Review, item: Item, telling: Telling) -> Iterator[Before]:
    element, after = found.template.element_by_key[item.element], item.value
    for each in found.earlier[:MOST_EARLIER]:
        value, said = each.data.get(item.element), found.said.get(each.id, {}).get(item.element)
        refused = said if said and said.state == "refused" else None
        if refused or (not is_empty(value) and not same(value, after)):
            yield Before(each, telling.told(element, value), refused)
        after = value


def _typed(shown: ShownItem, sent: Mapping[str, str]) -> ShownItem:
    item = shown.item
    verdict = sent.get(f"verdict.{item.element}", item.state)
    seen = sent.get(f"seen.{item.element}") or _seen(item.state, item.reason or "")
    return replace(shown, verdict=verdict, reason=sent.get(f"reason.{item.element}", item.reason or ""), seen=seen)


def _seen(state: str, reason: str) -> str:
    return f"{state}:{reason}"


# ---- what is said of answers ----


async def review(request: Request) -> Response:
    """Keep what was said; `do=all`: and accept the rest of what came."""
    sent = form(request)
    form_id = query.identifier(request.path_params["id"], "id")

    async def work(transaction: Transaction) -> Review:
        items = (await reviewing.review_of(transaction, form_id)).items
        verdicts = news_of(*_said(sent, items), items)
        if sent.get("do") == "all":
            verdicts = replace(verdicts, accept=(*verdicts.accept, EVERY))
        return await reviewing.review(transaction, form_id, verdicts, response_id=parse_id(sent.get("response", "")))

    try:
        await database_of(request).write(current_user(request).actor, work)
    except AppError as refusal:
        return await _page(request, _again(sent, refusal), refusal)
    return see_other(addresses.FORMS / form_id / "review")


def _again(sent: Mapping[str, str], refusal: AppError) -> Mapping[str, str] | None:
    """What was typed, to be sent once more over what stands there by now; nothing of it where it was about other answers."""
    if refusal.problems[0].code == "answered_again":
        return None
    return (
        {name: value for name, value in sent.items() if not name.startswith("seen.")}
        if refusal.status == Conflict.status
        else sent
    )


def _said(
    sent: Mapping[str, str], items: Sequence[Item]
) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Element → what is said, and what the page had shown of it."""
    said, seen = {}, {}
    for each in items:
        state, _, reason = sent.get(f"seen.{each.element}", _seen(each.state, each.reason or "")).partition(":")
        seen[each.element] = (state, lines(reason))
        verdict = sent.get(f"verdict.{each.element}", state)
        words = lines(sent.get(f"reason.{each.element}", reason))
        said[each.element] = (verdict, words if verdict == "refused" else "")
    return said, seen


async def reopen(request: Request) -> Response:
    """Ask again what was chosen, in the words of whoever asks."""
    sent = form(request)
    form_id = query.identifier(request.path_params["id"], "id")
    chosen = tuple(value for name, value in getattr(request.state, "form", ()) if name == "again")
    until = sent.get("active_until", "")
    again = asking_again.Again(
        chosen or None,
        sent.get("message", "").strip() or None,
        until or None,
        bool(until),
        parse_id(sent.get("response", "")),
    )
    origin = Origin(origin_of(request), services_of(request).cipher)
    try:
        await database_of(request).write(
            current_user(request).actor, lambda tx: asking_again.reopen(tx, form_id, again, origin)
        )
    except AppError as refusal:
        return await _page(request, sent, refusal)
    return see_other(addresses.FORMS / form_id / "review")


async def paper(request: Request) -> Response:
    """The newest response, or the named one, as a PDF."""
    user, form_id = current_user(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as session:
        found = await reviewing.review_of(session, form_id)
    response_id: UUID = found.response.id if found.response else form_id
    if wanted := request.query_params.get("response"):
        response_id = next((each.id for each in found.earlier if str(each.id) == wanted), form_id)
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
