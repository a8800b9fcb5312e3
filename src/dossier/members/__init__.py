"""Who works here."""

from dossier.members.actions import owner

__all__ = ["owner"]
