"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.model import CASE_RECORD
from dossier.cases.pages import bulk, case, contacts, export, fields, leaving, lists, making, templates
from dossier.cases.pages.looking import LIST
from dossier.cases.store.collection import COLLECTION
from dossier.records.pages import LivePages

PAGES = (
    *lists.PAGES,
    *making.PAGES,
    *bulk.PAGES,
    *export.PAGES,
    *LivePages(LIST, CASE_RECORD, COLLECTION).pages(),
    *case.PAGES,
    *contacts.PAGES,
    *fields.PAGES,
    *templates.PAGES,
    *leaving.PAGES,
)

__all__ = ["PAGES"]
