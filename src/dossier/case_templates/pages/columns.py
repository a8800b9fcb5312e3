"""The fields of things that are exported and follow templates: of every version that one of them follows, and their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dossier.case_templates import store
from dossier.case_templates.model import Template
from dossier.fields import Field, parse_fields
from dossier.foundation.database import ReadSession
from dossier.listing.collection import Collection, Matching
from dossier.listing.field_columns import names_of

Versions = Mapping[tuple[str | None, int | None], Template]
"""Template and version → what it is."""


class FollowingRow(Protocol):
    """A row of a thing that follows a template, or none: the id is a text; `own_fields`: None where it has none."""

    @property
    def template_id(self) -> str | None: ...
    @property
    def template_version(self) -> int | None: ...
    @property
    def own_fields(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """The versions of templates that rows follow, and `names`: key → name of every field that one of them has a value of."""

    versions: Versions
    names: Mapping[str, str]

    def fields(self, row: FollowingRow) -> Mapping[str, Field]:
        """The fields of a row by key; of rows that have the same ones the same mapping."""
        template = self.versions.get((row.template_id, row.template_version))
        fields = template.field_by_key if template else _NO_FIELDS
        if not row.own_fields:
            return fields
        return {field.key: field for field in parse_fields(row.own_fields, "")[0]} | dict(fields)


async def followed(reading: ReadSession, kind: Collection, things: Matching) -> Followed:
    """What these things follow: every key that one of them has, in the order of the templates."""
    versions: dict[tuple[str | None, int | None], Template] = {}
    found = await store.contents(reading, kind, things)
    for workspace_id, template_id, version in found.versions:
        versions[str(template_id), version] = await store.version(reading, workspace_id, template_id, version)
    of_templates = ((field.key, field.name) for template in versions.values() for field in template.fields)
    named = [*of_templates, *found.own]
    others = await store.other_keys(reading, kind, things, {key for key, _ in named})
    return Followed(versions, names_of([*named, *((key, "") for key in others)]))


_NO_FIELDS: Mapping[str, Field] = {}
