"""The people that cases are about."""

from dossier.contacts.actions import link, place
from dossier.contacts.store import contact_of, overwrite

__all__ = ["contact_of", "link", "overwrite", "place"]
