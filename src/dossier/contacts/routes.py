"""Contacts over HTTP: listed, counted, and one by itself. Erasing one is added by what knows everything that shows them."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.contacts import schemas
from dossier.contacts.actions.erasing import Erasing
from dossier.contacts.model import CONTACT_RECORD, VOCABULARY
from dossier.contacts.store.people import COLLECTION, ROWS, kept
from dossier.foundation.http import openapi
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import erased
from dossier.listing.filtering import EMAIL, UUID_TEXT, Direct, Filters
from dossier.listing.list_routes import ListRoutes, pages_of
from dossier.members.model import email_problems
from dossier.records.routes import history_route

router = Router()

CONTACT_ID = openapi.path("id", "the contact")

_FILTERS = Filters(
    VOCABULARY,
    {
        "email": Direct("email", EMAIL, email_problems),
        "given_name": Direct("given_name"),
        "family_name": Direct("family_name"),
        "phone": Direct("phone"),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
    },
    archives=False,
)


_LIST = ListRoutes("/contacts", COLLECTION, _FILTERS, pages_of(COLLECTION, ROWS), lambda _request: schemas.details)
_LIST.add(
    router,
    ("listContacts", "A page of contacts"),
    ("countContacts", "How many contacts there are"),
    schemas.ContactPage,
)


_LIST.one(
    router,
    CONTACT_ID,
    ("getContact", "A contact"),
    schemas.ContactDetails,
    ROWS,
    CONTACT_RECORD.no_such,
    lambda row: (row.version, f"{row.version}-{row.cases}"),  # how many cases show them is no version of theirs
)
history_route(
    router,
    "/contacts/{id}/history",
    CONTACT_ID,
    CONTACT_RECORD,
    kept,
    operation="listContactHistory",
    summary="What was changed about a contact, newest first",
)


def add_erasing(router: Router, erasing: Erasing) -> None:
    """Add the address that erases a person from everything."""

    async def delete_contact(request: Request) -> Response:
        return await erased(request, erasing.contact)

    documented = openapi.documented(
        "deleteContact",
        "Erase a person from every case and every history",
        description="Their slots are empty afterwards. What remains is that they were erased: when, by whom, from how many cases.",
        parameters=(CONTACT_ID, *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    )
    router.delete("/contacts/{id}", **documented)(delete_contact)
