"""Files for people: sent, shown among others, had."""

from dossier.files.pages import contents, previews
from dossier.files.pages.sending import keep_sent
from dossier.files.pages.shown import ShownFile

PAGES = (*contents.PAGES, *previews.PAGES)

__all__ = ["PAGES", "ShownFile", "keep_sent"]
