"""The tenant that everything belongs to."""

from dossier.workspaces.store import columns_of_workspace, every, get, only_logo

__all__ = ["columns_of_workspace", "every", "get", "only_logo"]
