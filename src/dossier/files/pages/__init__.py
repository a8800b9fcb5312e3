"""Files for people: sent, shown among others, had."""

from dossier.files.pages.contents import PAGES
from dossier.files.pages.sending import keep_sent
from dossier.files.pages.shown import ShownFile

__all__ = ["PAGES", "ShownFile", "keep_sent"]
