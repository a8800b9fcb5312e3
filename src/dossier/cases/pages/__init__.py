"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.actions.indexing import drop_index, keep_index
from dossier.cases.model import CASE_RECORD
from dossier.cases.pages import bulk, case, fields, leaving, making, templates
from dossier.cases.pages.lists import LIST, LIST_PAGES
from dossier.cases.pages.slots import SLOT_PAGES
from dossier.cases.store.collection import COLLECTION
from dossier.listing.index_pages import IndexPages
from dossier.records.pages import LivePages

INDEXES = IndexPages(
    LIST_PAGES, keep_index, drop_index, "templates.design", template="cases/indexes.html", part="cases/index_state.html"
)

PAGES = (
    *LIST_PAGES.pages(),
    *making.PAGES,
    *bulk.PAGES,
    *INDEXES.pages(),
    *LivePages(LIST, CASE_RECORD, COLLECTION).pages(),
    *case.PAGES,
    *SLOT_PAGES.pages(),
    *fields.PAGES,
    *templates.PAGES,
    *leaving.PAGES,
)

__all__ = ["PAGES"]
