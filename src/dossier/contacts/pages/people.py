"""Contacts for people: who is known; and one with their cases and their history."""

from starlette.requests import Request
from starlette.responses import Response

from dossier import audit, members
from dossier.conditions.comparing import DAY, TEXT
from dossier.conditions.rows import FilterAttribute
from dossier.contacts.model import CONTACT_RECORD
from dossier.contacts.store import people as store
from dossier.contacts.store.people import COLLECTION, ROWS, SEARCH, VIEWS
from dossier.foundation.actor import Actor
from dossier.foundation.database import Database, ReadSession
from dossier.foundation.http import query
from dossier.foundation.pages.language import Language
from dossier.listing.collection import Matching
from dossier.listing.export import AttributeColumns
from dossier.listing.keyset import find
from dossier.listing.list_pages import Choices, ListPages
from dossier.listing.list_query import ListPage
from dossier.records.pages import timeline
from dossier.web import Looker, PageRoute, addresses, current_user, database_of, render

MAX_CASES, MAX_ENTRIES = 100, 50  # that a contact's page shows


async def one_contact(request: Request) -> Response:
    """A contact: what is known, the cases that show them, and what was changed about them."""
    contact_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        contact = await find(reading, COLLECTION, ROWS, contact_id)
        kept = await store.kept(reading, contact_id)
        if contact is None or kept is None:
            raise CONTACT_RECORD.no_such(contact_id)
        cases = await store.showing(reading, contact_id, MAX_CASES)
        history = await timeline(reading, CONTACT_RECORD, kept, MAX_ENTRIES)
    return render(request, "contacts/contact.html", contact=contact, cases=cases, history=history)


async def _columns(
    who: Looker, said: Language, _reading: ReadSession, _rows: Matching, _origin: str, keys: bool
) -> AttributeColumns:
    gettext = said.gettext
    names = {
        "family_name": gettext("Family name"),
        "given_name": gettext("Given name"),
        "email": gettext("E-mail address"),
        "phone": gettext("Phone"),
        "cases": gettext("Cases"),
        "created_at": gettext("Created"),
        "updated_at": gettext("Last change"),
        "id": gettext("Id"),
    }
    return AttributeColumns(names, who.time_zone, keys)


async def _choices(_reading: ReadSession, _user: Looker) -> Choices:
    details = (FilterAttribute(name, TEXT, group="contact") for name in ("family_name", "given_name", "email", "phone"))
    return [*details, *(FilterAttribute(name, DAY, group="contact") for name in ("created_at", "updated_at"))], {}


async def _note(database: Database, actor: Actor, columns: int) -> None:
    await audit.record_alone(database, actor, "contacts.exported", fields=columns)


LIST_PAGES = ListPages(
    ListPage(addresses.CONTACTS, COLLECTION, SEARCH),
    ROWS,
    template="contacts/list.html",
    views=VIEWS,
    choices=_choices,
    exported=ROWS,
    columns=_columns,
    note=_note,
    looker=members.looker,
)

PAGES = (*LIST_PAGES.pages(), PageRoute("GET", addresses.CONTACTS + "/{id}", one_contact))
