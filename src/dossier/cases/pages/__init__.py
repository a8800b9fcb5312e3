"""Cases for people: the list, one case with its fields and its timeline, and what is done to many at once."""

from dossier.cases.pages import case, lists

PAGES = (*lists.PAGES, *case.PAGES)

__all__ = ["PAGES"]
