"""The fields that conditions by rows can be about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.conditions.rows import FilterAttribute
from dossier.fields.registry import FIELD_TYPES


def field_choices(fields: Sequence[Mapping[str, Any]], group: str = "") -> Iterator[FilterAttribute]:
    """The fields (definitions) that can be compared; of one key, the first."""
    seen: set[str] = set()
    for field in fields:
        kind = FIELD_TYPES.get(field["type"])
        compared = kind.comparing(field) if kind else None
        if kind and compared and field["key"] not in seen:
            seen.add(field["key"])
            yield FilterAttribute(f"data.{field['key']}", compared, field["name"], kind.choices(field), group)
