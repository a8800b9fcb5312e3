"""Shorthand for tests of fields: make one, ask what it says to a value."""

from datetime import date
from typing import Any

from dossier.fields import BadValue, Field, parse_fields
from dossier.foundation.errors import Problem

TODAY = date(2026, 3, 1)
AB = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]

LEAST: dict[str, dict[str, Any]] = {
    "choices": {"options": AB},
    "multiple_choice": {"options": AB},
    "table": {"columns": [{"key": "a", "type": "text", "name": "A"}]},
}
"""The options that a type does not do without."""


def definition(kind: str, **options: Any) -> dict[str, Any]:
    return {"key": "k", "type": kind, "name": "K", **LEAST.get(kind, {}), **options}


def field(kind: str, **options: Any) -> Field:
    (made,), problems = parse_fields([definition(kind, **options)], "/schema")
    assert problems == []
    return made


def stored(kind: str, value: Any, **options: Any) -> Any:
    return field(kind, **options).check(value, TODAY)


def refused(kind: str, value: Any, **options: Any) -> BadValue:
    """How a field refuses a value; fails when it does not."""
    made = field(kind, **options)
    try:
        kept = made.check(value, TODAY)
    except BadValue as bad:
        return bad
    raise AssertionError(f"{kind} took {value!r} as {kept!r}")


def problems(*definitions: Any, at: str = "/schema") -> list[Problem]:
    return parse_fields(list(definitions), at)[1]


def pointers(*definitions: Any) -> dict[str | None, str]:
    """Pointer → code of everything that is wrong."""
    return {problem.pointer: problem.code for problem in problems(*definitions)}
