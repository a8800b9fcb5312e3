"""Facts about members."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.events import Fact


@dataclass(frozen=True, slots=True)
class MemberErased(Fact):
    """Somebody who works nowhere any more was erased: nothing of a workspace is to tell who they were. It comes once for each.

    `names`: what they were called, and their address.
    """

    workspace_id: UUID
    member_id: UUID
    email: str
    names: Collection[str]


@dataclass(frozen=True, slots=True)
class MemberRenamed(Fact):
    """A member has another name, in every workspace they work in."""

    member_id: UUID
