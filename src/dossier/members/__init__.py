"""Who works here."""

from dossier.members.actions import acting, erase, owner, remove
from dossier.members.store.people import colleagues, everybody, tokens_of

__all__ = ["acting", "colleagues", "erase", "everybody", "owner", "remove", "tokens_of"]
