"""Shorthand for tests of fields: make one, ask what it says to a value."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dossier.fields import Field, parse_fields
from dossier.foundation.errors import InvalidValue, Problem

TODAY = date(2026, 3, 1)
AB = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]

LEAST: dict[str, dict[str, Any]] = {
    "choices": {"options": AB},
    "multiple_choice": {"options": AB},
    "table": {"columns": [{"key": "a", "type": "text", "name": "A"}]},
    "national_number": {"country": "BE"},
    "company_number": {"country": "BE"},
    "computed": {"formula": "1 + 1", "result": "number"},
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


def refused(kind: str, value: Any, **options: Any) -> Problem:
    """How a field refuses a value; fails when it does not."""
    made = field(kind, **options)
    try:
        kept = made.check(value, TODAY)
    except InvalidValue as bad:
        return bad.of(made.named)
    raise AssertionError(f"{kind} took {value!r} as {kept!r}")


def problems(*definitions: Any, at: str = "/schema") -> list[Problem]:
    return parse_fields(list(definitions), at)[1]


def pointers(*definitions: Any) -> dict[str | None, str]:
    """Pointer → code of everything that is wrong."""
    return {problem.pointer: problem.code for problem in problems(*definitions)}


@dataclass(frozen=True)
class Sample:
    """A value of a type, with the options it is of, and how it is displayed in English, French and Dutch."""

    value: Any
    en: str
    fr: str = ""
    nl: str = ""
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def displayed(self, language: str) -> str:
        return getattr(self, language) or self.en


SAMPLES: dict[str, Sample] = {
    "text": Sample("Two words", "Two words"),
    "number": Sample(Decimal("1234.5"), "1,234.5", "1\u202f234,5", "1.234,5"),
    "currency": Sample(Decimal("12.50"), "€12.50", "12,50\u00a0€", "€\u00a012,50", {"currency": "EUR"}),
    "date": Sample("2024-02-29", "29 Feb 2024", "29 févr. 2024", "29 feb 2024"),
    "checkbox": Sample(True, "Yes", "Oui", "Ja"),
    "choices": Sample("a", "A"),
    "multiple_choice": Sample(["b", "a"], "B, A"),
    "file": Sample(["01a20bf2-05dd-722e-ae5a-1ba5a1d83c2e"], "01a20bf2-05dd-722e-ae5a-1ba5a1d83c2e"),
    "signature": Sample("signed", "signed"),
    "api_call": Sample({"answer": "yes"}, "yes"),
    "email": Sample("eve@example.org", "eve@example.org"),
    "phone": Sample("+32470123456", "+32470123456"),
    "iban": Sample("BE71096123456769", "BE71096123456769"),
    "country": Sample("DE", "Germany", "Allemagne", "Duitsland"),
    "address": Sample({"street": "Kerkstraat 1", "city": "Gent"}, "Kerkstraat 1, Gent"),
    "table": Sample([{"a": "x"}, {"a": "y"}], "2 rows: x; y", "2 lignes: x; y", "2 rijen: x; y"),
    "url": Sample("https://example.org/a?b=1", "https://example.org/a?b=1"),
    "time": Sample("14:30", "14:30"),
    "national_number": Sample("85073003328", "85.07.30-033.28"),
    "computed": Sample(Decimal("1234.5"), "1,234.5", "1\u202f234,5", "1.234,5"),
    "company_number": Sample("0428759497", "0428.759.497"),
}
"""Every type: a new one is tried in all its faces as soon as it stands here."""
