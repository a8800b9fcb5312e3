"""A case on another version of its template: what comes, what goes, what stands in the way. Nothing is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dossier.case_templates.model import Template
from dossier.cases.model.case import Case
from dossier.fields import Field
from dossier.foundation.errors import InvalidValue, Problem, pointer


@dataclass(frozen=True, slots=True)
class Move:
    """What moving would do. `kept`: fields that the template drops and that have a value; they become the case's own.

    `changed`: field → the members of its definition that differ: name, from what, to what. `renamed`: statuses and steps.
    """

    version: int
    template: Template
    come: tuple[Field, ...]
    kept: tuple[Field, ...]
    gone: tuple[Field, ...]
    changed: tuple[tuple[Field, tuple[tuple[str, Any, Any], ...]], ...]
    renamed: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]  # titles of new steps
    status_is_gone: bool
    problems: tuple[Problem, ...]  # values that do not fit; they must be put right first


def preview(case: Case, template: Template, version: int, today: date) -> Move:
    """What moving the case to that version would do."""
    old = {field.key: field for field in case.template.fields} if case.template else {}
    dropped = [field for key, field in old.items() if key not in template.field_by_key]
    return Move(
        version=version,
        template=template,
        come=tuple(field for field in template.fields if field.key not in old),
        kept=tuple(field for field in dropped if field.key in case.data),
        gone=tuple(field for field in dropped if field.key not in case.data),
        changed=tuple(
            (field, members)
            for field in template.fields
            if field.key in old and (members := tuple(_members(old[field.key], field)))
        ),
        renamed=tuple(_renamed(case.template, template)) if case.template else (),
        steps=tuple(step.title for step in template.steps if step.key not in case.steps),
        status_is_gone=case.status not in template.status_by_key,
        problems=tuple(_misfits(case, template, today)),
    )


def moved(case: Case, move: Move, status: str, today: date) -> tuple[Case, Mapping[str, Any]]:
    """The case with the template of the move in it, and the paths that change with it."""
    values: dict[str, Any] = {"template_version": move.version}
    values |= {f"fields.{field.key}": _own(field) for field in move.kept}
    values |= {f"fields.{own.key}": None for own in case.own_fields if own.key in move.template.field_by_key}
    values |= {
        f"data.{field.key}": field.default
        for field in move.come
        if field.default is not None and field.key not in case.data
    }
    for key, value in case.data.items():  # as the new definition stores it
        if (field := move.template.field_by_key.get(key)) and not field.read_only:
            values[f"data.{key}"] = field.check(value, today)
    for step in move.template.steps:
        if step.key not in case.steps:
            values[f"steps.{step.key}"] = {"status": "hidden" if step.visible_when else "available", "data": {}}
    values |= {"status": status, "parent_status": move.template.status_by_key[status].parent_status}
    return replace(case, template=move.template), values


def _own(field: Field) -> dict[str, Any]:
    """The definition as the case's own: not required any more, and in no section."""
    return {name: part for name, part in field.document().items() if name not in ("required", "section", "indexed")}


def _members(old: Field, new: Field) -> Iterator[tuple[str, Any, Any]]:
    """What differs between two definitions, but for where the field stands and how it is kept."""
    was, becomes = old.document(), new.document()
    for name in dict.fromkeys([*was, *becomes]):
        if name not in ("section", "indexed") and was.get(name) != becomes.get(name):
            yield name, was.get(name), becomes.get(name)


def _renamed(old: Template, new: Template) -> Iterator[tuple[str, str]]:
    """Statuses and steps of another name: the old one and the new one."""
    for key, status in old.status_by_key.items():
        if key in new.status_by_key and new.status_by_key[key].label != status.label:
            yield status.label, new.status_by_key[key].label
    for step in old.steps:
        if step.key in new.step_by_key and new.step_by_key[step.key].title != step.title:
            yield step.title, new.step_by_key[step.key].title


def _misfits(case: Case, template: Template, today: date) -> list[Problem]:
    problems = []
    for key, value in case.data.items():
        field = template.field_by_key.get(key)
        if field and not field.read_only:
            try:
                field.check(value, today)
            except InvalidValue as bad:
                problems.append(bad.of((case.field(key) or field).named, pointer("data", key)))
    return problems
