"""What another version of a template is for what follows the old one: fields that come, go and change, and what is called otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dossier.case_templates.model.difference import members
from dossier.case_templates.model.template import Template
from dossier.fields import Field

_NOT_TOLD = ("section", "indexed")  # where a field stands, and how it is kept


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What differs between two versions.

    `changed`: field → the members of its definition that differ: name, from what, to what. `renamed`: statuses and steps.
    """

    come: tuple[Field, ...]
    dropped: tuple[Field, ...]
    changed: tuple[tuple[Field, tuple[tuple[str, Any, Any], ...]], ...]
    renamed: tuple[tuple[str, str], ...]


def upgrade(old: Template | None, new: Template) -> Upgrade:
    """What is new to who follows the old version, or none yet."""
    known = old.field_by_key if old else {}
    both = ((field, _members(known[field.key], field)) for field in new.fields if field.key in known)
    return Upgrade(
        come=tuple(field for field in new.fields if field.key not in known),
        dropped=tuple(field for key, field in known.items() if key not in new.field_by_key),
        changed=tuple((field, differ) for field, differ in both if differ),
        renamed=tuple(_renamed(old, new)) if old else (),
    )


def _members(old: Field, new: Field) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(each for each in members(old.document(), new.document()) if each[0] not in _NOT_TOLD)


def _renamed(old: Template, new: Template) -> Iterator[tuple[str, str]]:
    """Statuses and steps of another name: the old one and the new one."""
    for key, status in old.status_by_key.items():
        if key in new.status_by_key and new.status_by_key[key].label != status.label:
            yield status.label, new.status_by_key[key].label
    for step in old.steps:
        if step.key in new.step_by_key and new.step_by_key[step.key].title != step.title:
            yield step.title, new.step_by_key[step.key].title
