"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.actions.bulk import give_away
from dossier.cases.actions.later import INDEXES
from dossier.cases.actions.saving import DATA
from dossier.cases.model import CASE_RECORD
from dossier.cases.pages import bulk, case, making, templates
from dossier.cases.pages.lists import LIST, LIST_PAGES
from dossier.cases.pages.slots import SLOT_PAGES
from dossier.cases.store.collection import COLLECTION
from dossier.cases.store.reading import owned
from dossier.files.model.held import shown_field
from dossier.foundation.text import gettext_noop
from dossier.listing.index_pages import IndexPages
from dossier.members.pages.leaving import LeavingPages
from dossier.records.pages import FieldPages, LivePages

INDEX_PAGES = IndexPages(
    LIST_PAGES,
    INDEXES.keep,
    INDEXES.drop,
    "templates.design",
    template="cases/indexes.html",
    part="cases/index_state.html",
)

PAGES = (
    *LIST_PAGES.pages(),
    *making.PAGES,
    *bulk.PAGES,
    *INDEX_PAGES.pages(),
    *LivePages(LIST, CASE_RECORD, COLLECTION).pages(),
    *case.PAGES,
    *SLOT_PAGES.pages(),
    *FieldPages(DATA, LIST, "cases/field.html", gettext_noop("The case has no such field."), shown_field).pages(),
    *templates.PAGES,
    *LeavingPages(LIST, owned, give_away).pages(),
)

__all__ = ["PAGES"]
