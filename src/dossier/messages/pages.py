"""Messages for people: the outbox, and one as whom it is to would see it, with each attempt to send it."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier import workspaces
from dossier.conditions import Condition, all_of, attribute, equals
from dossier.foundation.actor import Actor
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.listing import keyset
from dossier.listing.collection import Selection
from dossier.listing.counting import matching
from dossier.listing.keyset import Cursor, Order, Stretch
from dossier.messages import actions
from dossier.messages.model import CHANNELS, SHOWN_BY, STATUSES, VOCABULARY, Message, as_shown, no_such
from dossier.messages.model.sender import SELECTOR
from dossier.messages.store import rows
from dossier.messages.store.rows import COLLECTION, ROWS
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

PAGE_SIZE = 50
_NEWEST_FIRST = Order("created_at")
_NARROWS = {"status": STATUSES, "channel": CHANNELS}


async def outbox(request: Request) -> Response:
    """The messages, the newest first."""
    asked = _asked(request)
    async with database_of(request).reading(
        current_user(request).actor.scope, "costly" if asked else "plain"
    ) as reading:
        shown = await _stretch(reading, current_user(request).actor, asked, _place(request))
    place = _place(request)
    following = bool(shown.ends and (shown.more or (place and place.backwards)))
    before = bool(shown.ends and place and (shown.more or not place.backwards))
    return render(
        request,
        "messages/list.html",
        messages=shown.rows,
        asked=asked,
        statuses=STATUSES,
        channels=CHANNELS,
        next=_address(asked, after=shown.ends[1].text) if shown.ends and following else "",
        previous=_address(asked, before=shown.ends[0].text) if shown.ends and before else "",
        kept_here=_kept_here(request),
    )


def _asked(request: Request) -> dict[str, str]:
    """What narrows the list; 400 for what is none of the states."""
    sent = request.query_params
    asked = {name: sent[name] for name in (*_NARROWS, "case") if sent.get(name)}
    for name, known in _NARROWS.items():
        if name in asked and asked[name] not in known:
            raise Invalid.because("“{value}” is no state of a message.", parameter=name, value=asked[name][:60])
    if "case" in asked and parse_id(asked["case"]) is None:
        raise Invalid.because("“{name}” must be a uuid, not “{value}”.", parameter="case", name="case", value="…")
    return asked


def _place(request: Request) -> Cursor | None:
    sent = request.query_params
    for name in ("after", "before"):
        key, _, id = sent.get(name, "").partition("~")
        if key and parse_id(id):
            return Cursor(key, id, name == "before")
    return None


async def _stretch(reading: ReadSession, actor: Actor, asked: dict[str, str], place: Cursor | None) -> Stretch[Message]:
    paths = {"status": "status", "channel": "channel", "case": "case.id"}
    conditions: list[Condition] = [equals(attribute(VOCABULARY, paths[name]), asked[name]) for name in asked]
    selection = Selection("any", all_of(conditions) if conditions else None)
    meant = rows.not_personal(await matching(reading, COLLECTION, selection), actor)
    return await keyset.fetch_page(reading, COLLECTION, ROWS, meant, _NEWEST_FIRST, place, PAGE_SIZE)


def _address(asked: dict[str, str], **more: str) -> str:
    return f"{addresses.MESSAGES}?{urlencode(asked | more)}"


def _kept_here(request: Request) -> list[str]:
    """The channels for which nothing is set, so that nothing leaves the house."""
    outgoing = services_of(request).outgoing
    return [name for name, found in (("email", outgoing.mail), ("sms", outgoing.sms)) if found is None]


async def one(request: Request) -> Response:
    message = await _message(request)
    return render(
        request,
        "messages/message.html",
        message=message,
        wide="phone" not in request.query_params,
        kept_here=_kept_here(request),
    )


async def shown(request: Request) -> Response:
    """What the person sees of an e-mail, for a frame that lets it do nothing."""
    headers = {"Content-Security-Policy": SHOWN_BY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    message = await _message(request)
    return HTMLResponse(as_shown(message.text, message.html), headers=headers)


async def _message(request: Request) -> Message:
    message_id = query.identifier(request.path_params["id"], "id")
    actor = current_user(request).actor
    async with database_of(request).reading(actor.scope) as reading:
        message = await rows.get(reading, message_id)
    if message is None:
        raise no_such(message_id)
    message.raise_if_personal(actor)
    return message.shown


async def retry(request: Request) -> Response:
    return await _done(request, actions.retry)


async def cancel(request: Request) -> Response:
    return await _done(request, actions.cancel)


async def _done(request: Request, work: Callable[[Transaction, UUID], Awaitable[Any]]) -> Response:
    message_id = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(current_user(request).actor, lambda tx: work(tx, message_id))
    back = form(request).get("back", "")
    return see_other(back if back.startswith(addresses.CASES) else addresses.MESSAGES / message_id)


async def mail(request: Request) -> Response:
    return await _mail(request)


async def choose_sender(request: Request) -> Response:
    """Whom the e-mails of the workspace are from."""
    user, domains = current_user(request), services_of(request).outgoing.sendable
    address = form(request).get("sender", "")
    try:
        handle = lambda tx: actions.choose_sender(tx, user.workspace_id, address, domains)  # noqa: E731
        await database_of(request).write(user.actor, handle)
    except Invalid as refusal:
        return await _mail(request, refusal)
    return see_other(addresses.MAIL + "?saved=yes")


async def _mail(request: Request, refusal: Invalid | None = None) -> Response:
    """How messages leave, and, when that is asked for, what DNS says of the sender."""
    sent, outgoing, user = request.query_params, services_of(request).outgoing, current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        own = await workspaces.mail_from(reading, user.workspace_id)
    sender = (own or outgoing.mail.sender) if outgoing.mail else ""
    selector = sent.get("selector", "").strip()
    if selector and not SELECTOR.fullmatch(selector):
        raise Invalid.because("“{value}” is no selector of DKIM.", parameter="selector", value=selector)
    looks = bool(outgoing.mail and "look" in sent)
    return render(
        request,
        "messages/mail.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        saved="saved" in sent,
        sender=sender,
        own=form(request).get("sender", own) if refusal else own,
        domains=sorted(outgoing.sendable),
        sms=outgoing.sms.kind if outgoing.sms else "",
        kept_here=_kept_here(request),
        selector=selector,
        records=await actions.believed(services_of(request), sender, selector) if looks else [],
    )


PAGES = (
    PageRoute("GET", addresses.MAIL, mail, "workspace.change"),
    PageRoute("POST", addresses.MAIL, choose_sender, "workspace.change"),
    PageRoute("GET", addresses.MESSAGES, outbox),
    PageRoute("GET", addresses.MESSAGES + "/{id}", one),
    PageRoute("GET", addresses.MESSAGES + "/{id}/shown", shown),
    PageRoute("POST", addresses.MESSAGES + "/{id}/retry", retry, "messages.send"),
    PageRoute("POST", addresses.MESSAGES + "/{id}/cancel", cancel, "messages.send"),
)
