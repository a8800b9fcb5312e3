"""The case itself, and its parts by path: `data.amount`, `contacts.main`, `steps.call`, `title`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.case_templates.model import BUILT_IN_STATUSES, Status, Step, Template
from dossier.conditions import EvaluationContext
from dossier.contacts.model import MAIN, FilledSlot, slot_place
from dossier.fields import Field, UnknownFields
from dossier.files.model import NamedFile
from dossier.foundation.errors import Conflict
from dossier.foundation.working_time import WorkingTime, working_time

WaitingFor = Literal["none", "owner", "contact"]
WAITING_FOR: tuple[WaitingFor, ...] = get_args(WaitingFor)

_BUILT_IN = {status.key: status for status in BUILT_IN_STATUSES}


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands at a version. Every value is as JSON has it; times are UTC with three decimals.

    `working_time`: the workspace's setting. `files`: what it shows, by id, of which these were `put_on` it; fields name
    them by their ids. `messages`: what its history says of some, by id, while it is written. `forms`: how much is `asked` in
    its forms, `received` and `accepted`; empty where nothing ever was.
    """

    workspace_id: UUID
    workspace_slug: str
    time_zone: str
    id: UUID
    version: int
    template_id: UUID | None
    template_version: int | None
    template: Template | None
    title: str
    description: str | None
    locale: str | None
    reference: str | None
    reference_generated: bool
    status: str
    parent_status: str
    waiting_for: str
    owner: Mapping[str, Any] | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    own_fields: tuple[Field, ...] = ()
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fired: tuple[str, ...] = ()
    contacts: Mapping[str, FilledSlot] = field(default_factory=dict)
    indexed: frozenset[str] = frozenset()
    files: Mapping[str, NamedFile] = field(default_factory=dict)
    put_on: tuple[str, ...] = ()
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    working_time: Mapping[str, Any] | None = None
    forms: Mapping[str, int] = field(default_factory=dict)

    def fields(self) -> Iterator[Field]:
        """The template's fields, then those that only this case has."""
        if self.template:
            yield from self.template.fields
        yield from self.own_fields

    def field(self, key: str) -> Field | None:
        found = self.template.field_by_key.get(key) if self.template else None
        return found or next((own for own in self.own_fields if own.key == key), None)

    @property
    def unknown_fields(self) -> UnknownFields:
        return self.template.unknown_fields if self.template else "reject"

    @property
    def statuses(self) -> Mapping[str, Status]:
        return self.template.status_by_key if self.template else _BUILT_IN

    @property
    def slots(self) -> list[tuple[str, FilledSlot]]:
        """The filled slots in the order of the template's; without one `main` first, then by key."""
        order = list(self.template.slot_by_key) if self.template else [MAIN]
        return sorted(self.contacts.items(), key=lambda each: slot_place(order, each[0]))

    @property
    def slot_names(self) -> Mapping[str, str] | None:
        """The slots of the template by key, and what they are called; None without one: then any will do."""
        return {slot.key: slot.name for slot in self.template.slots} if self.template else None

    @property
    def working(self) -> WorkingTime:
        """When those who work on it are at work."""
        return working_time(self.time_zone, self.working_time)

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The template's steps, then the tasks that only this case has."""
        own = ((key, state["own"]) for key, state in self.steps.items() if "own" in state)
        tasks = (Step(key, each["title"], "task", None, None, each.get("body")) for key, each in own)
        return (*(self.template.steps if self.template else ()), *tasks)

    def raise_if_archived(self) -> None:
        if self.archived_at:
            raise Conflict.because("The case is archived; unarchive it first.", "archived")

    def context(self) -> EvaluationContext:
        """What a condition may look at."""
        contacts = [{"key": key, **filled.document()} for key, filled in self.contacts.items()]
        return EvaluationContext(
            attributes={
                "id": str(self.id),
                "title": self.title,
                "parent_status": self.parent_status,
                "created_at": self.created_at,
                "updated_at": self.updated_at,
                "description": self.description,
                "locale": self.locale,
                "reference": self.reference,
                "status": self.status,
                "waiting_for": self.waiting_for,
                "archived_at": self.archived_at,
                "template": str(self.template_id) if self.template_id else None,
            },
            families={
                "data": self.data,
                "forms": self.forms,
                "steps": {key: step["status"] for key, step in self.steps.items()},
            },
            related={
                "owner": self.owner,
                "contact": contacts,
                "template": {"id": str(self.template_id), "title": self.template.title} if self.template else None,
                "workspace": {"id": str(self.workspace_id), "slug": self.workspace_slug},
            },
        )
