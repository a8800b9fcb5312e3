"""The tenant that everything belongs to."""

from dossier.workspaces.store import every, get

__all__ = ["every", "get"]
