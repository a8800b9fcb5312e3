"""Files for people: sent, in one go or several, shown among others, had."""

from dossier.files.pages import contents, previews, sending, together, uploading
from dossier.files.pages.sending import keep_sent
from dossier.files.pages.shown import ShownFile

PAGES = (*contents.PAGES, *previews.PAGES, *sending.PAGES, *together.PAGES, *uploading.CALLS)

__all__ = ["PAGES", "ShownFile", "keep_sent"]
