"""Who works here."""

from dossier.members.actions import owner
from dossier.members.store.people import colleagues

__all__ = ["colleagues", "owner"]
