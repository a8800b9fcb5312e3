"""Who is acting, and which workspaces they may touch."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorType = Literal["token", "member", "contact", "system"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The workspaces that the caller may touch; nothing outside them exists for it."""

    workspaces: tuple[UUID, ...]
    owner: UUID | None = None  # who may touch only the cases of that owner: a limited member, their own
    whole: bool = False  # the server itself, between workspaces: PostgreSQL hides nothing from it


SERVER = Scope((), whole=True)
"""For what belongs to no workspace: who is asking, jobs of all, the operator's commands."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it (`type`, `id`, `name`), through what (`via`: api, cli, app, automation), within which scope."""

    type: ActorType
    id: UUID | None
    name: str
    via: str
    scope: Scope
