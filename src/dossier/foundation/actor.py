"""Who is acting, which workspaces they may touch, and what they may do there."""

from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.permissions import EVERY, NONE, Permissions


@dataclass(frozen=True, slots=True)
class Scope:
    """The workspaces that the caller may touch; nothing outside them exists for it."""

    workspaces: tuple[UUID, ...]
    owner: UUID | None = None  # who may touch only what that owner has: a limited member, their own
    whole: bool = False  # the server itself, between workspaces: PostgreSQL hides nothing from it


SERVER = Scope((), whole=True)
"""For what belongs to no workspace: who is asking, jobs of all, the operator's commands."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it (`type`, `id`, `name`), through what (`via`: api, cli, app, automation), within which scope, and what they may do."""

    type: str  # as histories say it: “token”, “member”, “system”
    id: UUID | None
    name: str
    via: str
    scope: Scope
    permissions: Permissions = NONE

    def may(self, permission: str) -> bool:
        """Whether they hold that permission (`dossier/permissions.py` lists all)."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """403, saying what is missing and who can give it, unless they hold that permission."""
        if permission not in self.permissions:
            raise self.permissions.lacking(permission)


def system(via: str = "system", scope: Scope = SERVER, name: str = "Dossier") -> Actor:
    """The server itself, or who operates it: may do everything within the scope."""
    return Actor("system", None, name, via, scope, EVERY)
