"""Templates as lists have them: to choose one, to design them, and version by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.foundation.json import decode_stored


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template that a case can follow; `statuses` as its document says; `slot`: what the first contact is called."""

    id: UUID
    title: str
    stored_fields: str
    statuses: Sequence[Mapping[str, Any]]
    slot: str | None

    @property
    def fields(self) -> Sequence[Mapping[str, Any]]:
        """The definitions of its fields, read anew: whoever asks often keeps what it makes of `stored_fields`."""
        found: Sequence[Mapping[str, Any]] = decode_stored(self.stored_fields)
        return found


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template, or a draft of one: `version` is 0 before the first; `fields` and `cases`: how many it has."""

    id: UUID
    version: int
    archived_at: datetime | None
    title: str | None
    has_draft: bool
    updated_at: datetime
    fields: int
    cases: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What things that follow templates have values of.

    `versions`: (workspace, template, version), the newest of a template first; `own`: key and name of own fields.
    """

    versions: Sequence[tuple[UUID, UUID, int]]
    own: Sequence[tuple[str, str]]
