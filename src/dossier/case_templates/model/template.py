"""The compiled template: immutable, shared by every case that runs on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, get_args
from uuid import UUID, uuid5

from dossier.case_templates.model.automation import Automation, Changed, Created, Idle, Near, StepBecomes
from dossier.case_templates.model.step import Step
from dossier.conditions import Condition
from dossier.fields import Field, Program, UnknownFields, program

ParentStatus = Literal["draft", "pending", "in_progress", "closed"]
PARENT_STATUSES: tuple[ParentStatus, ...] = get_args(ParentStatus)


@dataclass(frozen=True)
class Transition:
    """When a case moves to a status by itself: something watched has changed, and the condition holds."""

    watch: frozenset[str]
    condition: Condition
    once: bool


@dataclass(frozen=True)
class Status:
    """A status that a case may have, and which of the four parents it counts as."""

    key: str
    label: str
    parent_status: ParentStatus
    transition: Transition | None = None


BUILT_IN_STATUSES: tuple[Status, ...] = tuple(
    Status(key, key.replace("_", " ").capitalize(), key) for key in PARENT_STATUSES
)


@dataclass(frozen=True)
class ContactSlot:
    """A place for a contact on a case."""

    key: str
    name: str
    required: bool = False


@dataclass(frozen=True)
class Section:
    """A heading under which fields stand together."""

    key: str
    name: str


@dataclass(frozen=True)
class Template:
    """A template document, checked and compiled."""

    title: str
    description: str | None
    locale: str | None
    unknown_fields: UnknownFields
    slots: tuple[ContactSlot, ...]
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]
    statuses: tuple[Status, ...]
    steps: tuple[Step, ...]
    automations: tuple[Automation, ...] = ()

    @cached_property
    def field_by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in self.fields}

    @cached_property
    def computing(self) -> Program:
        """What follows from the data of a case."""
        return program(self.fields)[0]

    @cached_property
    def status_by_key(self) -> Mapping[str, Status]:
        return {status.key: status for status in self.statuses}

    @cached_property
    def slot_by_key(self) -> Mapping[str, ContactSlot]:
        return {slot.key: slot for slot in self.slots}

    @cached_property
    def step_by_key(self) -> Mapping[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def transitions(self) -> tuple[tuple[Status, Transition], ...]:
        """The statuses that come by themselves, in document order."""
        return tuple((status, status.transition) for status in self.statuses if status.transition)

    @cached_property
    def is_automatic(self) -> bool:
        """Whether a change can make anything happen by itself."""
        return bool(self.transitions or self.reacting) or any(
            step.visible_when or step.starts_by_itself or step.repeatable for step in self.steps
        )

    @cached_property
    def reacting(self) -> tuple[Automation, ...]:
        """The rules that a change can fire, in document order; those that are switched off are none of them."""
        rules = (each for each in self.automations if each.enabled)
        return tuple(each for each in rules if isinstance(each.trigger, Created | Changed | StepBecomes))

    @cached_property
    def timed(self) -> tuple[Automation, ...]:
        """The rules that look at a case at a time."""
        return tuple(each for each in self.automations if each.enabled and isinstance(each.trigger, Near | Idle))

    @cached_property
    def automation_by_key(self) -> Mapping[str, Automation]:
        return {each.key: each for each in self.automations}

    def conditions(self) -> Iterator[Condition]:
        """Every condition that a change of a case may have to decide."""
        yield from (transition.condition for _, transition in self.transitions)
        for step in self.steps:
            yield from (each for each in (step.visible_when, step.start_when) if each)
        yield from (rule.condition for rule in self.automations if rule.condition)

    @property
    def indexed(self) -> frozenset[str]:
        return frozenset(field.key for field in self.fields if field.indexed)


@dataclass(frozen=True)
class TemplateVersion:
    """A published version: it never changes again."""

    workspace_id: UUID
    id: UUID
    version: int
    document: Mapping[str, Any]
    template: Template
    owner: Mapping[str, Any] | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime  # when the template was last published, archived or brought back
    published_at: datetime  # this version

    def slot_id(self, slot: ContactSlot) -> UUID:
        """The slot's own uuid: the same for every version of the template (UUIDv5 under the template's id)."""
        return uuid5(self.id, slot.key)
