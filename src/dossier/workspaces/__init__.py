"""The tenant that everything belongs to."""

from dossier.workspaces.actions import allowed, secrets, set_mail_from
from dossier.workspaces.model import brand, snippets
from dossier.workspaces.store import (
    columns_of_workspace,
    embed_origins,
    get,
    is_mail_from,
    list_all,
    mail_from,
    mailing,
    only_logo,
    page,
)

__all__ = [
    "allowed",
    "brand",
    "columns_of_workspace",
    "embed_origins",
    "get",
    "is_mail_from",
    "list_all",
    "mail_from",
    "mailing",
    "only_logo",
    "page",
    "secrets",
    "set_mail_from",
    "snippets",
]
