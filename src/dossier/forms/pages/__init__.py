"""Forms in the app."""

from dossier.forms.pages.batches import PAGES as BATCHES
from dossier.forms.pages.filling import PAGES as FILLING
from dossier.forms.pages.reviewing import PAGES as REVIEWING

PAGES = (*BATCHES, *FILLING, *REVIEWING)
