"""The fields that conditions by rows can be about."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dossier.conditions.rows import FilterAttribute
from dossier.fields.registry import FIELD_TYPES
from dossier.foundation import json


def field_choices(fields: Sequence[Mapping[str, Any]], group: str = "") -> Iterator[FilterAttribute]:
    """The fields (definitions) that can be compared; of one key, the first."""
    seen: set[str] = set()
    for field in fields:
        kind = FIELD_TYPES.get(field["type"])
        compared = kind.comparing(field) if kind else None
        if kind and compared and field["key"] not in seen:
            seen.add(field["key"])
            yield FilterAttribute(
                f"data.{field['key']}", compared, str(field["name"] or ""), tuple(kind.choices(field)), group
            )


@lru_cache(maxsize=256)
def stored_field_choices(fields: str, group: str) -> tuple[FilterAttribute, ...]:
    """The same for definitions as they are stored, as JSON: of a version of a template they never change."""
    return tuple(field_choices(json.decode_stored(fields), group))
