"""Files for people: their content."""

from dossier.files.pages.contents import PAGES

__all__ = ["PAGES"]
