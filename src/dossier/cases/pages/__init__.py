"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.model import CASE_RECORD
from dossier.cases.pages import bulk, case, contacts, fields, indexes, leaving, making, templates
from dossier.cases.pages.lists import LIST, LIST_PAGES
from dossier.cases.store.collection import COLLECTION
from dossier.records.pages import LivePages

PAGES = (
    *LIST_PAGES.pages(),
    *making.PAGES,
    *bulk.PAGES,
    *indexes.PAGES,
    *LivePages(LIST, CASE_RECORD, COLLECTION).pages(),
    *case.PAGES,
    *contacts.PAGES,
    *fields.PAGES,
    *templates.PAGES,
    *leaving.PAGES,
)

__all__ = ["PAGES"]
