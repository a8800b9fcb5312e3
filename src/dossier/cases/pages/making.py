"""A new case made by a person: its template, its title, and who it is about."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.actions.create import NewCase
from dossier.cases.model import Case
from dossier.cases.pages.lists import LIST
from dossier.cases.pages.slots import SLOT_PAGES
from dossier.contacts.model import MAIN, typed
from dossier.foundation.database import Transaction
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, see_other


async def new_case(request: Request) -> Response:
    """Somebody who is known already is asked about once the case is there: nobody else's case changes without a word."""
    user, sent = current_user(request), form(request)
    title, contact = sent.get("title", "").strip() or None, typed(sent)
    template_id = query.identifier(sent["template"], "template") if sent.get("template") else None
    asked = NewCase(user.workspace_id, template_id, title=title, owner_email=user.email)

    async def handle(transaction: Transaction) -> Case:
        return (await actions.create(transaction, asked)).after

    case = await database_of(request).write(user.actor, handle)
    if any(contact.values()):
        return await SLOT_PAGES.put(request, case.id, _first_slot(case), contact, "ask")
    return see_other(LIST / case.id)


PAGES = (PageRoute("POST", LIST, new_case),)


def _first_slot(case: Case) -> str:
    """The place of whom a case is about."""
    slots = list(case.template.slot_by_key) if case.template else [MAIN]
    return MAIN if MAIN in slots else slots[0]
