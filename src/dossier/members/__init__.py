"""Who works here."""

from dossier.members.actions import acting, owner
from dossier.members.store.people import colleagues

__all__ = ["acting", "colleagues", "owner"]
