"""Form templates for people: the library, and the studio in which one is put together."""

from dossier.form_templates.pages import history, library, lists, parts, studio, wording

PAGES = (
    *library.PAGES,
    *lists.PAGES,
    *studio.PAGES,
    *parts.PAGES,
    *wording.PAGES,
    *history.PAGES,
)  # forms/lists is no {id}

__all__ = ["PAGES"]
