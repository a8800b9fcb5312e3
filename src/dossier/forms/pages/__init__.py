"""Forms for members: the list, one form, sending a new one or many, filling in, looking through what was answered, trying a template."""

from dossier.forms.pages import batches, bulk, filling, lists, one, reviewing, sending, trying
from dossier.forms.pages.filling import filler_of

PAGES = (
    *lists.PAGES,
    *bulk.PAGES,
    *sending.PAGES,
    *batches.PAGES,
    *filling.PAGES,
    *reviewing.PAGES,
    *one.PAGES,
    *trying.PAGES,
)

__all__ = ["PAGES", "filler_of"]
