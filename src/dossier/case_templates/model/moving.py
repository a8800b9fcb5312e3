"""A thing on another version of its template: what comes, what goes, what stands in the way. Nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from dossier.case_templates.model.template import Template
from dossier.case_templates.model.upgrade import Upgrade, upgrade
from dossier.fields import Field, HasFields, as_own, misfits
from dossier.foundation.errors import Problem
from dossier.records.model import Archivable


class FollowsTemplate(Archivable, HasFields, Protocol):
    """A thing that follows a version of a template, or none: with values, fields of its own, steps and a status."""

    @property
    def template_id(self) -> UUID | None: ...
    @property
    def template_version(self) -> int | None: ...
    @property
    def template(self) -> Template | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def own_fields(self) -> tuple[Field, ...]: ...
    @property
    def steps(self) -> Mapping[str, Any]: ...
    @property
    def status(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Move:
    """What moving would do. `kept`: fields that the template drops and that have a value; they become the thing's own."""

    version: int
    template: Template
    upgrade: Upgrade
    kept: tuple[Field, ...]
    gone: tuple[Field, ...]
    steps: tuple[str, ...]  # titles of new steps
    status_is_gone: bool
    problems: tuple[Problem, ...]  # values that do not fit; they must be put right first


def preview(thing: FollowsTemplate, template: Template, version: int, today: date) -> Move:
    """What moving the thing to that version would do."""
    differs = upgrade(thing.template, template)
    return Move(
        version=version,
        template=template,
        upgrade=differs,
        kept=tuple(field for field in differs.dropped if field.key in thing.data),
        gone=tuple(field for field in differs.dropped if field.key not in thing.data),
        steps=tuple(step.title for step in template.steps if step.key not in thing.steps),
        status_is_gone=thing.status not in template.status_by_key,
        problems=tuple(misfits(thing, template.field_by_key, thing.data, today)),
    )


def values_moved(thing: FollowsTemplate, move: Move, status: str, today: date) -> Mapping[str, Any]:
    """Path → value of all that changes with the move."""
    values: dict[str, Any] = {"template_version": move.version}
    values |= {f"fields.{field.key}": as_own(field) for field in move.kept}
    values |= {f"fields.{own.key}": None for own in thing.own_fields if own.key in move.template.field_by_key}
    values |= {
        f"data.{field.key}": field.default
        for field in move.upgrade.come
        if field.default is not None and field.key not in thing.data
    }
    for key, value in thing.data.items():  # as the new definition stores it
        if (field := move.template.field_by_key.get(key)) and not field.read_only:
            values[f"data.{key}"] = field.check(value, today)
    values |= {f"steps.{step.key}": step.first for step in move.template.steps if step.key not in thing.steps}
    return values | {"status": status, "parent_status": move.template.status_by_key[status].parent_status}
