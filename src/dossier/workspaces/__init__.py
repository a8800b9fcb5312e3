"""The tenant that everything belongs to."""

from dossier.workspaces.actions import secrets
from dossier.workspaces.model import brand, snippets
from dossier.workspaces.store import columns_of_workspace, get, list_all, mailing, only_logo, page

__all__ = ["brand", "columns_of_workspace", "get", "list_all", "mailing", "only_logo", "page", "secrets", "snippets"]
