"""The contacts of a case, edited by people: who is known already is asked about before anything changes elsewhere."""

from collections.abc import Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.actions import ContactIsKnown
from dossier.cases.actions.contacts import Shared
from dossier.cases.pages.fields import version_seen
from dossier.cases.pages.lists import LIST
from dossier.contacts.model import DETAILS, typed
from dossier.foundation.database import Transaction
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, render, see_other

ANSWERS: tuple[Shared, ...] = ("ask", "change", "new")


async def set_contact(request: Request) -> Response:
    """Set the members of one slot; all of them empty: nobody is in it any more."""
    sent, case_id = form(request), query.identifier(request.path_params["id"], "id")
    contact = typed(sent, ("email",) if sent.get("as_is") else DETAILS)  # of who is to be used as they are, the address
    shared = query.choice(sent, "shared", ANSWERS, "ask")
    return await put_contact(request, case_id, request.path_params["key"], contact, shared, version_seen(sent))


async def put_contact(
    request: Request,
    case_id: UUID,
    key: str,
    contact: Mapping[str, str | None],
    shared: Shared,
    seen: int | None = None,
) -> Response:
    """Put somebody in a slot, and show the case; or the question, where others know them already.

    412 where somebody else changed the slot after the version that was `seen`.
    """
    slot = {"key": key, **(contact if any(contact.values()) else {"contact": None})}

    async def handle(transaction: Transaction) -> None:
        await actions.update_contacts(transaction, case_id, [slot], seen, shared)

    try:
        await database_of(request).write(current_user(request).actor, handle)
    except ContactIsKnown as known:
        return await _ask(request, case_id, key, known)
    return see_other(LIST / case_id)


async def _ask(request: Request, case_id: UUID, key: str, known: ContactIsKnown) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        case = await actions.KEEPING.get(reading, case_id)
    filled = case.contacts.get(key)
    same = bool(filled and filled.contact.id == known.known.id)
    return render(
        request,
        "cases/contact_is_known.html",
        status=409,
        case=case,
        slot=key,
        asked=known,
        same=same,
        sent=form(request),
    )


PAGES = (PageRoute("POST", LIST + "/{id}/contacts/{key}", set_contact, "contacts.change"),)
