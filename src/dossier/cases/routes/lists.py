"""Lists of cases: filtered, counted, a page at a time."""

from dossier.case_templates.model import CASES, PARENT_STATUSES
from dossier.cases import schemas
from dossier.cases.model import WAITING_FOR
from dossier.cases.store import lists
from dossier.cases.store.collection import COLLECTION
from dossier.foundation.http.router import Router
from dossier.listing.filtering import EMAIL, UUID_TEXT, Direct, Filters
from dossier.listing.list_routes import ListRoutes
from dossier.members.model import email_problems

router = Router()

_FILTERS = Filters(
    CASES,
    {
        "template[id]": Direct("template.id", UUID_TEXT),
        "status": Direct("status"),
        "parent_status": Direct("parent_status", {"type": "string", "enum": list(PARENT_STATUSES)}),
        "waiting_for": Direct("waiting_for", {"type": "string", "enum": list(WAITING_FOR)}),
        "reference": Direct("reference"),
        "owner[id]": Direct("owner.id", UUID_TEXT),
        "owner[email]": Direct("owner.email", EMAIL, email_problems),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
        "contact[given_name]": Direct("contact.given_name"),
        "contact[family_name]": Direct("contact.family_name"),
        "contact[email]": Direct("contact.email", EMAIL, email_problems),
    },
)


ListRoutes("/cases", COLLECTION, _FILTERS, lists.page, lambda _request: schemas.row).add(
    router, ("listCases", "A page of cases"), ("countCases", "How many cases there are"), schemas.CasePage
)
