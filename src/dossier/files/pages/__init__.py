"""Files for people: sent, in one go or several, shown among others, looked at, had."""

from dossier.files.pages import contents, previews, sending, together, uploading
from dossier.files.pages.held import FilePages

PAGES = (*contents.PAGES, *previews.PAGES, *sending.PAGES, *together.PAGES, *uploading.CALLS)

__all__ = ["PAGES", "FilePages"]
