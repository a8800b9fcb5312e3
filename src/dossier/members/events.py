"""Facts about members."""

from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.events import Fact


@dataclass(frozen=True, slots=True)
class MemberRenamed(Fact):
    """A member has another name, in every workspace they work in."""

    member_id: UUID
