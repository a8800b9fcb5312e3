"""What members are told of what concerns them, and by which way."""

from dossier.notices.actions import tell

__all__ = ["tell"]
