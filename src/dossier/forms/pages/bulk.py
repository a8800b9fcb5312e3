"""What is done with several forms of the list: with those chosen on a page at once, with all that it shows after a question, and later."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.actions import bulk as actions
from dossier.forms.pages.lists import LIST_PAGES
from dossier.forms.pages.shared import LIST, origin
from dossier.forms.store.collection import COLLECTION, ROWS
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.listing.counting import ids
from dossier.listing.keyset import find_all
from dossier.records import bulk_asked_by, bulk_results
from dossier.records.pages.bulk import RESULTS_SHOWN
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

MOST = 100  # forms that are chosen on a page


@dataclass(frozen=True, slots=True)
class Refused:
    """A form with which it could not be done, and why."""

    id: UUID
    refusal: AppError


async def bulk(request: Request) -> Response:
    """Remind, end or put away: the chosen forms now, or all that the list shows once it is said how many these are."""
    sent = form(request)
    act = sent.get("act", "")
    if act not in actions.ACTS:
        raise Invalid.because("Choose what to do.", pointer="/act")
    return await _all(request, act) if sent.get("all") == "yes" else await _chosen(request, act)


async def _chosen(request: Request, act: str) -> Response:
    """Each by itself: what is refused of one keeps no other one from it."""
    chosen = [value for name, value in request.state.form if name == "form"]
    found = [query.identifier(each, "form") for each in dict.fromkeys(chosen)][:MOST]
    refused = [each for id in found if (each := await _done(request, act, id))]
    done = len(found) - len(refused)
    return render(request, "forms/bulk.html", act=act, done=done, refused=refused, chosen=len(found))


async def _done(request: Request, act: str, id: UUID) -> Refused | None:
    handle = lambda tx: actions.do(tx, id, act, origin(request))  # noqa: E731
    try:
        await database_of(request).write(current_user(request).actor, handle)
    except AppError as refusal:
        return Refused(id, refusal)
    return None


async def _all(request: Request, act: str) -> Response:
    """The question, again where the list shows more or fewer than it named; then it is begun."""
    user, sent = current_user(request), form(request)
    user.actor.require("forms.change")
    found = await _listed(request)
    if not found:
        return render(request, "forms/bulk.html", act=act, done=0, refused=(), chosen=0)
    if sent.get("count") != str(len(found)):
        asked = {"act": act, "all": "yes", "query": sent.get("query", ""), "count": str(len(found))}
        return render(request, "forms/bulk_question.html", act=act, count=len(found), asked=asked)
    handle = lambda tx: actions.ask(tx, user.workspace_id, act, found, origin(request))  # noqa: E731
    return see_other(LIST / "bulk" / await database_of(request).write(user.actor, handle))


async def _listed(request: Request) -> Sequence[UUID]:
    """The forms that the list shows, on every page; 400 where these are more than can be changed at once."""
    user, database = current_user(request), database_of(request)
    asked = query.parsed(form(request).get("query", ""))
    async with database.reading(user.actor.scope, "costly") as reading:
        resolved = await LIST_PAGES.meant(reading, user, asked, database.clock())
        found = await ids(reading, COLLECTION, resolved.matching, actions.MOST + 1)
    if len(found) > actions.MOST:
        sentence = "That is more than {count} forms; filter the list further."
        raise Invalid.because(sentence, pointer="/form", count=actions.MOST)
    return found


async def progress(request: Request) -> Response:
    """How far it is; a script of the page asks for the part alone."""
    user, part = current_user(request), bool(request.headers.get("hx-request"))
    id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(user.actor.scope) as reading:
        asked = actions.forms_at_once(origin(request))
        found = await bulk_asked_by(reading, asked, user.workspace_id, id, user.actor.id)
        results = await bulk_results(reading, user.workspace_id, found.id, RESULTS_SHOWN)
        named = await find_all(reading, COLLECTION, ROWS, [each.id for each in results])
    template = "forms/bulk_part.html" if part else "forms/bulk_progress.html"
    names = {each.id: each for each in named}
    return render(request, template, bulk=found, results=results, names=names, shown=RESULTS_SHOWN)


PAGES = (
    PageRoute("POST", LIST + "/bulk", bulk, "forms.change"),
    PageRoute("GET", LIST + "/bulk/{id}", progress),
)
