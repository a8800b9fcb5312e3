"""Writing to somebody from the page of a case: with what it would look like, and first to oneself."""

from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.case_templates.model import OWNER, Sending
from dossier.cases import KEEPING
from dossier.cases.model import Case
from dossier.cases.pages.case import FILE_PAGES
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.letters.actions.writing import Letter, composed, write
from dossier.messages.model import SHOWN_BY, Channel, as_shown, previewed
from dossier.web import PageRoute, addresses, current_user, database_of, form, language_of, origin_of, render, see_other

_BLANK = {"to": "main"}


async def page(request: Request) -> Response:
    return await _page(request, _BLANK)


async def send(request: Request) -> Response:
    """Send it, or a test of it to who writes."""
    case_id, sent = query.identifier(request.path_params["id"], "id"), form(request)
    letter, is_test = _letter(request, sent), sent.get("do") == "test"
    if is_test:
        letter = replace(letter, sending=replace(letter.sending, to=(current_user(request).email,), cc=()))
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: write(tx, case_id, letter))
    except AppError as refusal:
        return await _page(request, sent, refusal)
    return await _page(request, sent) if is_test else see_other(addresses.CASES / case_id)


async def shown(request: Request) -> Response:
    """What the person would see, for a frame that lets it do nothing."""
    case_id, sent = query.identifier(request.path_params["id"], "id"), dict(getattr(request.state, "form", ()))

    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        case = await KEEPING.get(reading, case_id)
        said = await _said(request, reading, case, _letter(request, sent)) if sent else ""
    return HTMLResponse(said, headers={"Content-Security-Policy": SHOWN_BY, "Cache-Control": "no-store"})


async def _said(request: Request, reading: ReadSession, case: Case, letter: Letter) -> str:
    """What it would be, or why it would be refused."""
    try:
        new = await composed(reading, case, letter)
    except AppError as refusal:
        return as_shown("\n".join(language_of(request).said(each.message) for each in refusal.problems))
    return previewed(new, language_of(request).said)


def _letter(request: Request, sent: dict[str, str]) -> Letter:
    channel: Channel = "sms" if sent.get("channel") == "sms" else "email"
    to = tuple(filter(None, (sent.get("to", "").strip(),)))
    other = tuple(filter(None, (each.strip() for each in sent.get("other", "").split(","))))
    files = tuple(name.removeprefix("file-") for name in sent if name.startswith("file-"))
    is_mail = channel == "email"
    sending = Sending(
        to=to or other,
        cc=other if to and is_mail else (),
        subject=sent.get("subject") if is_mail else None,
        body=sent.get("body", ""),
        attachments=files if is_mail else (),
    )
    return Letter(channel, sending, origin=origin_of(request))


async def _page(request: Request, sent: dict[str, str], refusal: AppError | None = None) -> Response:
    user, case_id = current_user(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as reading:
        case = await KEEPING.get(reading, case_id)
        files = await FILE_PAGES.shown(services_of(request), reading, case)
    case.raise_if_archived()
    outgoing = services_of(request).outgoing
    return render(
        request,
        "letters/write.html",
        status=refusal.status if refusal else 200,
        case=case,
        sent=sent,
        people=list(_people(case)),
        files=files,
        refusal=refusal,
        tested=refusal is None and sent.get("do") == "test",
        kept_here=[name for name, found in (("email", outgoing.mail), ("sms", outgoing.sms)) if found is None],
    )


def _people(case: Case) -> Iterator[tuple[str, str]]:
    """Who can be chosen: key, and how people know them."""
    for key, filled in case.slots:
        contact = filled.contact
        reached = " · ".join(filter(None, (contact.email, contact.phone)))
        yield key, f"{filled.label}: {contact.name(filled.label)}" + (f" ({reached})" if reached else "")
    if case.owner:
        yield OWNER, case.owner["email"]


PAGES = (
    PageRoute("GET", addresses.CASES + "/{id}/write", page, "messages.send"),
    PageRoute("POST", addresses.CASES + "/{id}/write", send, "messages.send"),
    PageRoute("GET", addresses.CASES + "/{id}/write/shown", shown, "messages.send"),
    PageRoute("POST", addresses.CASES + "/{id}/write/shown", shown, "messages.send"),
)
