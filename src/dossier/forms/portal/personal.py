"""The page that gathers what a workspace asks of somebody, behind a code to their address: what is open, what they have answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates, workspaces
from dossier.form_templates.model import Wording
from dossier.forms.actions import gathering
from dossier.forms.model import links
from dossier.forms.model.person import AskedCode, Gathered, Person, PersonSession, hashed, person_of, read_address
from dossier.forms.portal import visiting
from dossier.forms.portal.shared import put_cookie
from dossier.forms.portal.visiting import LANGUAGE, SESSION, brand_of, nobody
from dossier.forms.store import people
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.cipher import Unreadable
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Problem
from dossier.foundation.http.services import services_of
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.whence import whence
from dossier.permissions import of_contact
from dossier.web import addresses, database_of, form, render, see_other
from dossier.web.portal import Visitor, languages_asked, spoken


@dataclass(frozen=True, kw_only=True)
class Caller(Visitor):
    """Whoever looks at the personal page of a workspace: somebody with a session, somebody who asked for a code, or nobody yet."""

    workspace_id: UUID
    country: str | None
    time_zone: str
    inside: PersonSession | None
    code: AskedCode | None


@dataclass(frozen=True, slots=True)
class Line:
    """A form that asks them, as a line of the page; `link`: where it is, where that alone opens it."""

    id: UUID
    title: str
    where: str
    until: datetime | None
    link: str
    proof: str


def cookie_of(request: Request) -> str:
    """The name of the session's cookie, which goes to the pages of its workspace alone."""
    return "__Secure-dossier-person" if request.url.scheme == "https" else "dossier-person"


async def caller_of(request: Request) -> Visitor:
    """Whoever looks; also where there is no such workspace."""
    slug = str(request.path_params["workspace"])[:200]
    async with database_of(request).reading(SERVER, "gate") as everywhere:
        found = await people.workspace_by(everywhere, slug) if "\0" not in slug else None
    if found is None:
        return nobody(request)
    cookie = request.cookies.get(cookie_of(request), "")[:SESSION]
    async with database_of(request).reading(Scope((found.id,))) as session:
        inside, code = await _known(request, session, found.id, cookie)
        mailing = await workspaces.mailing(session, found.id)
    asked = request.query_params.get(LANGUAGE, "")
    chosen = asked if asked in MORE_LANGUAGES else ""
    bound = cookie if inside or code else ""
    return Caller(
        address=addresses.PERSONAL / slug,
        language=spoken(tuple(MORE_LANGUAGES), (chosen or None, *languages_asked(request), mailing.language)),
        languages=tuple(MORE_LANGUAGES),
        chosen=chosen,
        form_token=services_of(request).cipher.seals(f"form token person {found.id} {bound}")[0],
        brand=brand_of(mailing),
        actor=Actor("contact", None, "", "form", Scope((found.id,)), of_contact()),
        state="requests" if inside else "code",
        workspace_id=found.id,
        country=(found.working_time or {}).get("country"),
        time_zone=found.time_zone,
        inside=inside,
        code=code,
    )


async def _known(
    request: Request, session: ReadSession, workspace_id: UUID, cookie: str
) -> tuple[PersonSession | None, AskedCode | None]:
    """What the browser holds: a session, or a code that it asked for."""
    if not cookie:
        return None, None
    hash, now = hashed(cookie), database_of(request).clock()
    try:
        if sent_to := await people.session(session, workspace_id, hash, now):
            return PersonSession(hash, _person(request, workspace_id, sent_to)), None
        row = await people.code(session, workspace_id, hash)
        if row is None:
            return None, None
        somebody = _person(request, workspace_id, row.sent_to)
        return None, AskedCode(hash, somebody, row.expires_at, row.tries)
    except Unreadable:  # under a key that was retired meanwhile: it is asked for again
        return None, None


def _person(request: Request, workspace_id: UUID, sent_to: bytes) -> Person:
    return person_of(workspace_id, services_of(request).cipher.decrypt(sent_to))


async def arrive(request: Request) -> Response:
    """All that is asked of them; before that a code is, and before that their address."""
    return await _at(request)


async def _at(
    request: Request, *, status: int = 200, refusal: Problem | None = None, typed: str = "", wait: int = 0
) -> Response:
    caller: Caller = request.state.user
    headers = {"Retry-After": str(wait)} if wait else {}
    if caller.inside:
        asked, answered = await _lines(request, caller, caller.inside.person)
        return render(request, "forms/portal/personal.html", state="requests", asked=asked, answered=answered)
    is_open = bool(caller.code and caller.code.is_open(database_of(request).clock()))
    left = "left" in request.query_params
    values = {"is_open": is_open, "refusal": refusal, "typed": typed, "left": left}
    return render(request, "forms/portal/personal_code.html", state="code", status=status, headers=headers, **values)


async def _lines(request: Request, caller: Caller, somebody: Person) -> tuple[list[Line], list[Line]]:
    async with database_of(request).reading(caller.actor.scope) as session:
        found = await gathering.gathered(session, somebody, database_of(request).clock())
        drawn = [await _line(request, session, caller, somebody, each) for each in found]
    return [each for each in drawn if each.where != "answered"], [each for each in drawn if each.where == "answered"]


async def _line(request: Request, session: ReadSession, caller: Caller, somebody: Person, found: Gathered) -> Line:
    asked = found.form
    template = await form_templates.version(session, asked.workspace_id, asked.template_id, asked.template_version)
    language = spoken(template.languages, (caller.language, (asked.user.locale or "")[:2].lower()))
    by_link = asked.access == "direct" or not somebody.opens(asked)
    secret = links.secret(services_of(request).cipher, asked.id, asked.link)
    link = str(addresses.FORM_LINKS / secret) + (f"?{LANGUAGE}={caller.chosen}" if caller.chosen else "")
    proof = "" if somebody.opens(asked) else asked.access
    return Line(
        asked.id, Wording(template, language).title, found.where, asked.active_until, link if by_link else "", proof
    )


async def ask_code(request: Request) -> Response:
    """Have a code sent; the same is answered whether or not the address is known."""
    caller: Caller = request.state.user
    if caller.inside:
        return see_other(caller.to())
    typed = form(request).get("address", "")
    somebody = caller.code.person if caller.code and not typed else _typed(caller, typed)
    if isinstance(somebody, Problem):
        request.state.user = replace(caller, code=None)
        return await _at(request, status=400, refusal=somebody, typed=typed)
    let = await gathering.ask_code(services_of(request), caller.actor, somebody, whence.get().client, caller.language)
    if let.refusal:
        return await _at(request, status=429, refusal=let.refusal, typed=typed, wait=let.wait)
    return _with(request, see_other(caller.to()), let.secret)


def _typed(caller: Caller, typed: str) -> Person | Problem:
    found = read_address(typed, caller.country)
    return found if isinstance(found, Problem) else Person(caller.workspace_id, *found)


def _with(request: Request, response: Response, secret: str) -> Response:
    put_cookie(request, response, cookie_of(request), secret, request.state.user.address)
    return response


async def enter(request: Request) -> Response:
    """Come in with the code."""
    caller: Caller = request.state.user
    if caller.inside or caller.code is None:
        return see_other(caller.to())
    services, typed = services_of(request), form(request).get("entry", "")
    let = await gathering.enter(
        services, caller.actor, caller.workspace_id, caller.code.hash, typed, whence.get().client
    )
    if let.refusal:
        request.state.user = replace(caller, code=replace(caller.code, tries=caller.code.tries + 1))
        return await _at(request, status=429 if let.wait else 400, refusal=let.refusal, wait=let.wait)
    return _with(request, see_other(caller.to()), let.secret)


async def open_form(request: Request) -> Response:
    """Go to a form that the code is proof enough for."""
    caller: Caller = request.state.user
    if caller.inside is None:
        return see_other(caller.to())
    services = services_of(request)
    found, secret = await gathering.open_form(services, caller.actor, caller.inside, form(request).get("form", ""))
    link = addresses.FORM_LINKS / links.secret(services.cipher, found.id, found.link)
    response = see_other(link + (f"?{LANGUAGE}={caller.chosen}" if caller.chosen else ""))
    if secret:
        put_cookie(request, response, visiting.cookie_of(request), secret, link)
    return response


async def leave(request: Request) -> Response:
    """Leave: also to ask for a code to another address."""
    caller: Caller = request.state.user
    held: Any = caller.inside or caller.code
    if held:
        await gathering.leave(services_of(request), caller.actor, caller.workspace_id, held.hash)
    address = caller.to() + ("&" if "?" in caller.to() else "?") + ("left" if caller.inside else "other")
    return _with(request, see_other(address), "")
