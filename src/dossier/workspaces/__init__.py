"""The tenant that everything belongs to."""

from dossier.workspaces.store import columns_of_workspace, get, list_all, mailing, only_logo

__all__ = ["columns_of_workspace", "get", "list_all", "mailing", "only_logo"]
