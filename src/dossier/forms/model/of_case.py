"""What conditions of a form may look at of the case that it belongs to."""

from collections.abc import Iterator, Mapping
from typing import Any


def case_values(case: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a case by path, as conditions name them after `case.`: `status`, `data.amount`, `owner.email`, `steps.call`."""
    return dict(_values(case))


def _values(case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in case.items():
        if name == "steps":
            yield from ((f"steps.{key}", step.get("status")) for key, step in value.items())
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", each) for key, each in value.items())
        else:
            yield name, value
