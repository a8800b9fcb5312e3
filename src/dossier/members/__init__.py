"""Who works here."""

from dossier.members.actions import acting, erase, owner, remove
from dossier.members.store.people import colleagues, columns_of_owner, everybody, tokens_of

__all__ = ["acting", "colleagues", "columns_of_owner", "erase", "everybody", "owner", "remove", "tokens_of"]
