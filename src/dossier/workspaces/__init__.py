"""The tenant that everything belongs to."""

from dossier.workspaces.store import get

__all__ = ["get"]
