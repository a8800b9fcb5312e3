"""Facts about contacts: whatever says something of them follows these."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dossier.contacts.model import Contact
from dossier.foundation.events import Fact


@dataclass(frozen=True, slots=True)
class ContactErased(Fact):
    """Somebody was erased for good: nothing about them is to be left. `showed`: the things in which they stood, by now or before."""

    workspace_id: UUID
    contact: Contact
    showed: Collection[UUID]


@dataclass(frozen=True, slots=True)
class ContactFilled(Fact):
    """A contact got members that it had not, by what does not show it."""

    workspace_id: UUID
    before: Contact
    after: Contact
