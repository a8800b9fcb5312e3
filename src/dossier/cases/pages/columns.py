"""The columns of an export, and what stands in a cell: for people with labels and names, for programs with keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier import case_templates as templates
from dossier.case_templates.model import Template
from dossier.cases.model.rows import ExportedCase
from dossier.cases.store import exporting
from dossier.fields import Field, as_cell, parse_fields
from dossier.foundation.database import ReadSession
from dossier.foundation.pages.language import Language
from dossier.listing.collection import Matching
from dossier.listing.export import time_cell

_PLAIN = ("id", "reference", "title", "parent_status", "status", "waiting_for", "owner_email")
_CONTACT = ("given_name", "family_name", "email", "phone")
_TIMES = ("created_at", "updated_at", "archived_at")


@dataclass(frozen=True)
class Columns:
    """What is exported of each case. `names`: key → name of every field; `recipes`: the versions that cases follow."""

    names: Mapping[str, str]
    recipes: Mapping[tuple[Any, int], Template]
    language: Language
    time_zone: str
    keys: bool = False  # keys and values as programs know them

    @property
    def head(self) -> list[str]:
        """The names of the columns, no two alike."""
        if self.keys:
            return _distinct([*_PLAIN, *(f"contact_{name}" for name in _CONTACT), "template", *_TIMES], self.names)
        gettext = self.language.translations.gettext
        known = [
            gettext("Reference"),
            gettext("Title"),
            gettext("Template"),
            gettext("Stage"),
            gettext("Status"),
            gettext("Waiting for"),
            gettext("Owner"),
            gettext("E-mail address of the owner"),
            gettext("Given name"),
            gettext("Family name"),
            gettext("E-mail address"),
            gettext("Phone"),
            *(
                f"{each} ({self.time_zone})"
                for each in (gettext("Created"), gettext("Last change"), gettext("Archived"))
            ),
            gettext("Id"),
        ]
        return [*known, *_distinct_names(known, self.names)]

    def cells(self, row: ExportedCase) -> list[Any]:
        """A case's cells: texts, exact numbers, true and false, days, moments."""
        moments = (getattr(row, name) for name in _TIMES)
        times = [at and time_cell(at, self.time_zone, keys=self.keys) for at in moments]
        if self.keys:
            plain = [
                None if part is None else str(part) for part in (getattr(row, name) for name in (*_PLAIN, *_CONTACT))
            ]
            template = row.template_id and str(row.template_id)
            return [*plain, template, *times, *(as_cell(row.data.get(key)) for key in self.names)]
        recipe = self.recipes.get((row.template_id, row.template_version or 0))
        fields = self._fields(recipe, row)
        values = [self._value(fields.get(key), row.data.get(key)) for key in self.names]
        return [*self._known(recipe, row), *times, str(row.id), *values]

    def _known(self, recipe: Template | None, row: ExportedCase) -> list[str | None]:
        gettext = self.language.translations.gettext
        stages = {
            "draft": gettext("Draft"),
            "pending": gettext("Pending"),
            "in_progress": gettext("In progress"),
            "closed": gettext("Closed"),
        }
        waits = {"none": gettext("Nobody"), "owner": gettext("The owner"), "contact": gettext("The contact")}
        status = recipe.status_by_key.get(row.status) if recipe else None
        return [
            row.reference,
            row.title,
            recipe.title if recipe else None,
            stages[row.parent_status],
            gettext(status.label) if status else stages.get(row.status, row.status),
            waits[row.waiting_for],
            row.owner,
            row.owner_email,
            *(getattr(row, name) for name in _CONTACT),
        ]

    def _fields(self, recipe: Template | None, row: ExportedCase) -> dict[str, Field]:
        own = {field.key: field for field in parse_fields(row.own_fields, "")[0]} if row.own_fields else {}
        return own | dict(recipe.field_by_key if recipe else {})

    def _value(self, field: Field | None, value: Any) -> Any:
        return as_cell(value) if value is None or field is None else field.exported(value, self.language)


async def columns(
    reading: ReadSession, cases: Matching, language: Language, time_zone: str, *, keys: bool = False
) -> Columns:
    """The columns for these cases: every key that one of them has, in the order of the templates."""
    names: dict[str, list[str]] = {}
    recipes = {}
    found = await exporting.contents(reading, cases)
    for workspace_id, template_id, version in found.versions:
        recipe = await templates.version(reading, workspace_id, template_id, version)
        recipes[template_id, version] = recipe
        for field in recipe.fields:
            names.setdefault(field.key, []).append(field.name)
    for key, name in (*found.own, *((key, "") for key in found.keys)):
        names.setdefault(key, []).append(name)
    joined = {key: " / ".join(filter(None, dict.fromkeys(said))) or key for key, said in names.items()}
    return Columns(joined, recipes, language, time_zone, keys)


def _distinct(known: Sequence[str], names: Iterable[str]) -> list[str]:
    """Keys after the known columns; one that is called like a column is a `data.` one."""
    return [*known, *(f"data.{key}" if key in known else key for key in names)]


def _distinct_names(known: Sequence[str], names: Mapping[str, str]) -> list[str]:
    said = [*known, *names.values()]
    return [f"{name} ({key})" if said.count(name) > 1 else name for key, name in names.items()]
