"""Where one arrives by the link of a form: what it is, coming in, beginning, declining, coming back later."""

from dataclasses import dataclass
from http import HTTPStatus

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.actions import answering, declining, entering, submitting
from dossier.forms.actions.notifying import Origin
from dossier.forms.model import calendar
from dossier.forms.model.access import AN_HOUR
from dossier.forms.portal.questions import attributes
from dossier.forms.portal.shared import first_page, home, show, with_session
from dossier.forms.portal.visiting import Guest, browser_of, guest_of
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem
from dossier.foundation.http.services import services_of
from dossier.foundation.messages import Message
from dossier.foundation.pages.reader import language_of
from dossier.web import database_of, form, origin_of, see_other

_GATES = ("not-yet", "locked", "declined", "expired", "closed")


@dataclass(frozen=True, slots=True)
class Progress:
    """A page in the list of pages, and how far it is."""

    title: str
    address: str
    how: str  # todo, done, wrong


async def arrive(request: Request) -> Response:
    """Where one is; nothing changes by looking."""
    return _at(request)


def _at(request: Request, *, status: int = 200, refusal: Problem | None = None) -> Response:
    guest = guest_of(request)
    state = guest.state
    headers = {"Retry-After": str(int(AN_HOUR.total_seconds()))} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    if state in _GATES:
        return show(request, "gate", state, status=status, answered=_answered(guest), marks=_over(guest))
    if state == "code":
        is_open = guest.entry.code_is_open(database_of(request).clock())
        return show(request, "code", state, status=status, headers=headers, refusal=refusal, is_open=is_open)
    if state == "done":
        return show(request, "done", state, status=status, ratings=submitting.RATINGS, marks=_over(guest))
    values = {"pages": progress(guest), "first": first_page(guest), "refusal": refusal}
    values |= {"later": request.query_params.get("later"), "whole": origin_of(request) + guest.address}
    return show(request, "start", state, status=status, headers=headers, **values)


def _over(guest: Guest) -> Markup:
    """What the script goes by of a form that nothing is answered to any more: what waits of it in the browser goes."""
    completed = guest.form.id if guest.embedded and guest.state == "done" else ""
    form = guest.form.id if guest.state in ("done", "declined", "closed") else ""
    return attributes(**{"data-completed": completed, "data-form": form})


def progress(guest: Guest) -> list[Progress]:
    """The pages that there are to answer, and how far each is."""
    asked, response = guest.asked, guest.response
    wrong = submitting.wrong_in(asked, response)
    incomplete = {each.page for each in asked.missing}
    answers = response.answers if response else {}
    found = []
    for page in asked.pages:
        keys = {each.key for each in page.elements}
        how = (
            "wrong"
            if keys.intersection(wrong)
            else "done"
            if keys & answers.keys() and page.key not in incomplete
            else "todo"
        )
        found.append(Progress(guest.wording.page_title(page.page), guest.to("pages", page.key), how))
    return found


def _answered(guest: Guest) -> tuple[int, int]:
    """How many of the questions were answered."""
    if guest.newest is None or not guest.is_in:
        return 0, 0
    asked = answering.asked_of(guest.template, guest.form, guest.newest)
    shown = [each for page in asked.pages for each in page.elements if each.element.answered]
    return sum(each.value is not None for each in shown), len(shown)


async def send_code(request: Request) -> Response:
    """Have a code sent; the same is answered whether or not there is an address."""
    guest = guest_of(request)
    if guest.state != "code" or guest.form.access not in ("email_code", "sms_code"):
        return home(request)
    refusal = await entering.send_code(services_of(request), guest.actor, guest.form, _origin(request))
    return _at(request, status=429, refusal=refusal) if refusal else home(request)


def _origin(request: Request) -> Origin:
    return Origin(origin_of(request), services_of(request).cipher)


async def enter(request: Request) -> Response:
    """Come in with a code, or the password."""
    guest = guest_of(request)
    if guest.state != "code":
        return home(request)
    entered = await entering.enter(services_of(request), guest.actor, guest.form, form(request).get("entry", ""))
    if entered.refusal:
        return home(request) if entered.refusal.code == "locked" else _at(request, status=400, refusal=entered.refusal)
    browser = browser_of(request)
    await database_of(request).write(guest.actor, lambda tx: answering.begin(tx, guest.form.id, browser))
    return with_session(request, home(request), entered.secret)


async def start(request: Request) -> Response:
    """Begin to answer; begun already: go on."""
    guest, browser = guest_of(request), browser_of(request)
    if guest.state not in ("start", "continue") or not guest.is_in:
        return home(request)

    async def work(transaction: Transaction) -> str | None:
        await answering.begin(transaction, guest.form.id, browser)
        return None if guest.session else await entering.begin_session(transaction, guest.form)

    try:
        secret = await database_of(request).write(guest.actor, work)
    except Conflict:
        return home(request)
    return with_session(request, see_other(first_page(guest)), secret)


async def decline(request: Request) -> Response:
    """Decline to answer, with or without a reason."""
    guest, browser = guest_of(request), browser_of(request)
    if not guest.is_in:
        return home(request)
    reason = form(request).get("reason", "").replace("\r\n", "\n")  # as its reader's browser counts
    try:
        await database_of(request).write(guest.actor, lambda tx: declining.decline(tx, guest.form.id, reason, browser))
    except Conflict:
        return home(request)
    except Invalid as refused:
        return _at(request, status=400, refusal=refused.problems[0])
    return home(request)


async def later(request: Request) -> Response:
    """Have the link sent, to go on some other time."""
    guest = guest_of(request)
    if guest.state != "continue" or not guest.is_in:
        return home(request)
    link = origin_of(request) + guest.address
    refusal = await entering.send_link(services_of(request), guest.actor, guest.form, link, guest.language)
    if refusal:
        return _at(request, status=429, refusal=refusal)
    return see_other(guest.to() + ("&" if "?" in guest.to() else "?") + "later=sent")


async def deadline(request: Request) -> Response:
    """Until when one can answer, for a calendar."""
    guest = guest_of(request)
    until = guest.form.active_until
    if until is None or guest.state not in ("start", "continue"):
        return home(request)
    title = language_of(request).said(Message("Answer: {name}", {"name": guest.wording.title}))
    made = calendar.entry(guest.form.id, title, origin_of(request) + guest.address, until, database_of(request).clock())
    headers = {"Content-Disposition": 'attachment; filename="deadline.ics"'}
    return Response(made, headers=headers, media_type="text/calendar; charset=utf-8")


async def rate(request: Request) -> Response:
    """How it was."""
    guest, rating = guest_of(request), form(request).get("rating", "")
    if guest.state == "done" and guest.is_in and rating in submitting.RATINGS:
        await database_of(request).write(guest.actor, lambda tx: submitting.rate(tx, guest.form.id, rating))
    return home(request)
