"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.pages import bulk, case, contacts, export, fields, leaving, lists, making, sse, templates

PAGES = (
    *lists.PAGES,
    *making.PAGES,
    *bulk.PAGES,
    *export.PAGES,
    *sse.PAGES,
    *case.PAGES,
    *contacts.PAGES,
    *fields.PAGES,
    *templates.PAGES,
    *leaving.PAGES,
)

__all__ = ["PAGES"]
