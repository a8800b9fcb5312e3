"""Form templates for people: the library, and the studio in which one is put together."""

from dossier.form_templates.pages import history, library, parts, studio, wording

PAGES = (*library.PAGES, *studio.PAGES, *parts.PAGES, *wording.PAGES, *history.PAGES)

__all__ = ["PAGES"]
