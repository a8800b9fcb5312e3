"""Files for people: sent, in one go or several, shown among others, looked at, had."""

from dossier.files.pages import contents, previews, sending, together, uploading
from dossier.files.pages.sending import keep_sent
from dossier.files.pages.shown import ShownFile, shown_file
from dossier.files.pages.viewing import viewed

PAGES = (*contents.PAGES, *previews.PAGES, *sending.PAGES, *together.PAGES, *uploading.CALLS)

__all__ = ["PAGES", "ShownFile", "keep_sent", "shown_file", "viewed"]
