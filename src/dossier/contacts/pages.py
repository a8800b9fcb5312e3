"""Contacts for people: who is known, searched, filtered, sorted and exported; and one with their cases and their history."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from dossier import audit, records
from dossier.conditions.comparing import DAY, TEXT
from dossier.conditions.rows import Choice, operator_of
from dossier.contacts import store
from dossier.contacts.model import CONTACT_RECORD, KeptContact
from dossier.contacts.store import COLLECTION, ROWS, SEARCH
from dossier.foundation.database import Reading
from dossier.foundation.errors import NotFound
from dossier.foundation.http import query
from dossier.foundation.lists import Page
from dossier.listing.counting import count
from dossier.listing.export import AttributeColumns, Export, steady
from dossier.listing.keyset import find, stretch
from dossier.listing.list_query import ListPage, ResolvedQuery, resolve
from dossier.records.model import HistoryEntry
from dossier.web import PageRoute, addresses, database_of, language_of, render, visitor_of

LIST = addresses.CONTACTS
PAGE_SIZE = 25
MOST_CASES, MOST_ENTRIES = 100, 50  # that a contact's page shows

CONTACTS_PAGE = ListPage(LIST, COLLECTION, SEARCH)
CHOICES: Sequence[Choice] = (
    *(Choice(name, TEXT, group="contact") for name in ("family_name", "given_name", "email", "phone")),
    *(Choice(name, DAY, group="contact") for name in ("created_at", "updated_at")),
)


async def contact_list(request: Request) -> Response:
    """Who is known."""
    async with database_of(request).reading(visitor_of(request).actor.scope, "costly") as reading:
        resolved = await _resolved(request, reading)
        asked = resolved.query
        total = await count(reading, COLLECTION, resolved.matching)
        shown = await stretch(reading, COLLECTION, ROWS, resolved.matching, asked.order, asked.place, PAGE_SIZE)
    return render(
        request,
        "contacts/list.html",
        status=resolved.wrong.status if resolved.wrong else 200,
        rows=shown.rows,
        total=total,
        asked=asked,
        wrong=resolved.wrong,
        choices=CHOICES,
        operator_of=operator_of,
        previous=asked.previous(shown),
        next=asked.next(shown),
    )


async def one_contact(request: Request) -> Response:
    """A contact: what is known, the cases that show them, and what was changed about them."""
    contact_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(visitor_of(request).actor.scope) as reading:
        contact = await find(reading, COLLECTION, ROWS, contact_id)
        kept = await store.kept(reading, contact_id)
        if contact is None or kept is None:
            raise NotFound.because("There is no contact {id}.", id=str(contact_id))
        cases = await store.showing(reading, contact_id, MOST_CASES)
        total, entries = await _history(reading, kept)
    return render(
        request, "contacts/contact.html", contact=contact, cases=cases, entries=entries, more=total - len(entries)
    )


async def as_csv(request: Request) -> Response:
    """The list as CSV, with names for people or with `keys` for programs."""
    return (await _export(request)).as_csv()


async def as_xlsx(request: Request) -> Response:
    """The list as a workbook."""
    return await (await _export(request)).as_xlsx()


PAGES = (
    PageRoute("GET", LIST, contact_list),
    PageRoute("GET", LIST + "/export.csv", as_csv, asks_again=True),
    PageRoute("GET", LIST + "/export.xlsx", as_xlsx, asks_again=True),
    PageRoute("GET", LIST + "/{id}", one_contact),
)


async def _resolved(request: Request, reading: Reading) -> ResolvedQuery:
    now = database_of(request).clock()
    return await resolve(reading, CONTACTS_PAGE, visitor_of(request), request.query_params, now, CHOICES)


async def _history(reading: Reading, kept: KeptContact) -> tuple[int, Sequence[HistoryEntry]]:
    return await records.history_page(reading, CONTACT_RECORD, kept, Page(1, MOST_ENTRIES))


async def _export(request: Request) -> Export:
    visitor, database, language = visitor_of(request), database_of(request), language_of(request)
    async with database.reading(visitor.actor.scope, "costly") as reading:
        resolved = (await _resolved(request, reading)).strictly()
    columns = AttributeColumns(_names(language.gettext), visitor.time_zone, "keys" in request.query_params)
    await audit.record_alone(database, visitor.actor, "contacts.exported", fields=len(columns.names))
    scope, order = visitor.actor.scope, steady(resolved.query.order)
    return Export("contacts", database, scope, COLLECTION, ROWS, resolved.matching, order, columns)


def _names(gettext: Callable[[str], str]) -> dict[str, str]:
    return {
        "family_name": gettext("Family name"),
        "given_name": gettext("Given name"),
        "email": gettext("E-mail address"),
        "phone": gettext("Phone"),
        "cases": gettext("Cases"),
        "created_at": gettext("Created"),
        "updated_at": gettext("Last change"),
        "id": gettext("Id"),
    }
