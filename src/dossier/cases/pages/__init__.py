"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.pages import bulk, case, export, fields, lists, live, templates

PAGES = (*lists.PAGES, *bulk.PAGES, *export.PAGES, *live.PAGES, *case.PAGES, *fields.PAGES, *templates.PAGES)

__all__ = ["PAGES"]
