"""A case on another version of its template: what comes, what goes, what stands in the way. Nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dossier.case_templates.model import Template, Upgrade, upgrade
from dossier.cases.model.case import Case
from dossier.fields import Field, as_own, misfits
from dossier.foundation.errors import Problem


@dataclass(frozen=True, slots=True)
class CaseUpgrade:
    """What moving would do. `kept`: fields that the template drops and that have a value; they become the case's own."""

    version: int
    template: Template
    upgrade: Upgrade
    kept: tuple[Field, ...]
    gone: tuple[Field, ...]
    steps: tuple[str, ...]  # titles of new steps
    status_is_gone: bool
    problems: tuple[Problem, ...]  # values that do not fit; they must be put right first


def preview(case: Case, template: Template, version: int, today: date) -> CaseUpgrade:
    """What moving the case to that version would do."""
    differs = upgrade(case.template, template)
    return CaseUpgrade(
        version=version,
        template=template,
        upgrade=differs,
        kept=tuple(field for field in differs.dropped if field.key in case.data),
        gone=tuple(field for field in differs.dropped if field.key not in case.data),
        steps=tuple(step.title for step in template.steps if step.key not in case.steps),
        status_is_gone=case.status not in template.status_by_key,
        problems=tuple(misfits(case, template.field_by_key, case.data, today)),
    )


def upgraded(case: Case, move: CaseUpgrade, status: str, today: date) -> tuple[Case, Mapping[str, Any]]:
    """The case with the template of the move in it, and the paths that change with it."""
    values: dict[str, Any] = {"template_version": move.version}
    values |= {f"fields.{field.key}": as_own(field) for field in move.kept}
    values |= {f"fields.{own.key}": None for own in case.own_fields if own.key in move.template.field_by_key}
    values |= {
        f"data.{field.key}": field.default
        for field in move.upgrade.come
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
