"""Who looks at a page, and who looks at a list while a job works for them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from dossier.foundation.actor import Actor


@dataclass(frozen=True)
class Looker:
    """A member in a workspace, as far as what a list shows depends on them."""

    actor: Actor
    email: str
    workspace_id: UUID
    time_zone: str


@dataclass(frozen=True)
class CurrentUser(Looker):
    """A member who signed in, and the workspace they are in at the moment."""

    role: str  # to be shown; what they may do are the permissions of the actor
    asks_password: bool  # before a new one is set: not of who came by a link
    by_link: bool  # of this session; until they have a password
    workspace: str
    slug: str
    accent: str  # colour of the workspace, by its name
    logo: str | None  # of the workspace: the hash under which it is served
    language: str | None  # None: as the browser asks
    workspaces: tuple[tuple[UUID, str], ...]
    administered: tuple[tuple[UUID, str, str], ...]  # id, slug, name of the workspaces they administer
    secret: str  # of the session; never shown
    confirmed_at: datetime  # when they last proved who they are
    proof: Literal["password", "code"] | None  # what they can be asked for to prove it again

    def may(self, permission: str) -> bool:
        """Whether they hold that permission: what leads to what they may not do is not shown."""
        return self.actor.may(permission)

    @property
    def initials(self) -> str:
        """One or two letters for a small button."""
        return "".join(word[0] for word in self.actor.name.split()[:2]).upper()

    @cached_property
    def form_token(self) -> str:
        """What a form of this session carries, so that no other site can send one."""
        return hashlib.sha256(b"form:" + self.secret.encode()).hexdigest()
