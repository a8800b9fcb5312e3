"""What was answered: a response, and the answer of one element of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.forms.model.form import FormUser


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to an element, at a version of its own.

    `value`: what counts, typed as a case field, None where it was emptied; `typed`: what was typed wrongly, and is only
    shown again; `actor_type`, `actor_id`: who answered.
    """

    element: str
    version: int
    value: Any
    typed: Any
    at: datetime
    actor_type: str = "contact"
    actor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What somebody answers to a form, from when they begin. The newest of a form, by `number`, is the one that counts.

    `asked`: the elements that it asks, None for all; `put_aside`: elements that a condition hid when it was handed in.
    `reason`: why they declined. `user`: who they were then. `case_seen`: what conditions looked at in the case when it was handed in,
    by path; None while it is answered. `answers`: by element.
    """

    workspace_id: UUID
    id: UUID
    form_id: UUID
    number: int
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    declined_at: datetime | None = None
    reason: str | None = None
    rating: str | None = None
    asked: tuple[str, ...] | None = None
    put_aside: tuple[str, ...] = ()
    user: FormUser = field(default_factory=FormUser)
    locale: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    case_seen: Mapping[str, Any] | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """Element → its value, of those that have one and were not put aside."""
        kept = (each for each in self.answers.values() if each.value is not None)
        return {each.element: each.value for each in kept if each.element not in self.put_aside}

    @property
    def is_open(self) -> bool:
        """Whether it is still being answered."""
        return self.completed_at is None and self.declined_at is None
