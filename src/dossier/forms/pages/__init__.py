"""Forms for members: the list, one form, sending a new one or many, filling in, looking through what was answered."""

from dossier.forms.pages import batches, filling, lists, one, reviewing, sending

PAGES = (*lists.PAGES, *sending.PAGES, *batches.PAGES, *filling.PAGES, *reviewing.PAGES, *one.PAGES)

__all__ = ["PAGES"]
