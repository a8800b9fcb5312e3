"""Which value each type takes, as it is stored, and how it refuses the others (contract section 6)."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.fields.support import AB, field, refused, stored

EXACT = Decimal("9007199254740993.01")

TAKEN = [
    ("text", "", {}),
    ("text", "héllo \U0001f600", {}),
    ("text", "two\nlines", {"multiline": True}),
    ("text", "\U0001f600" * 3, {"maxlength": 3}),
    ("text", "see BE71 here", {"pattern": "[A-Z]{2}[0-9]{2}"}),
    ("number", 0, {}),
    ("number", -12, {}),
    ("number", EXACT, {}),
    ("number", 2, {"min": 2, "max": 2}),
    ("number", Decimal("2.50"), {"min": Decimal("2.5"), "max": Decimal("2.5")}),
    ("number", Decimal("1.500"), {"decimals": 1}),
    ("number", Decimal("3.00"), {"decimals": 0}),
    ("number", Decimal("0.00"), {"decimals": 0}),
    ("currency", Decimal("12.50"), {"currency": "EUR"}),
    ("currency", Decimal("12.500"), {}),
    ("date", "2024-02-29", {}),
    ("date", "2026-03-01", {"min": "today", "max": "today"}),
    ("date", "2024-01-01", {"min": "2024-01-01", "max": "2024-01-01"}),
    ("checkbox", True, {}),
    ("checkbox", False, {}),
    ("choices", "b", {}),
    ("multiple_choice", [], {}),
    ("multiple_choice", ["b", "a"], {}),
    ("multiple_choice", ["b", "a"], {"min_selections": 2, "max_selections": 2}),
]

REFUSED = [
    ("text", "a\0b", {}, "NUL"),
    ("text", "\ud800", {"pattern": "x"}, "surrogate"),
    ("text", "two\nlines", {}, "single line"),
    ("text", "two\rlines", {}, "single line"),
    ("text", "\U0001f600" * 4, {"maxlength": 3}, "3 characters at most; it has 4"),
    ("text", "abc", {"pattern": "^b"}, "must match the pattern ^b"),
    ("number", 1, {"min": 2}, "at least 2"),
    ("number", Decimal("2.51"), {"max": Decimal("2.5")}, "at most 2.5"),
    ("number", Decimal("1.25"), {"decimals": 1}, "1 decimals at most"),
    ("number", Decimal("1234567890123456789012345678.123"), {"decimals": 2}, "2 decimals at most"),
    ("currency", Decimal("0.005"), {}, "2 decimals at most"),
    ("currency", -1, {"min": 0}, "at least 0"),
    ("currency", 11, {"max": 10}, "at most 10"),
    ("date", "2023-02-29", {}, "a day that exists"),
    ("date", "20240229", {}, "YYYY-MM-DD"),
    ("date", "2024-W09-4", {}, "YYYY-MM-DD"),
    ("date", "2024-02-29T00:00:00Z", {}, "YYYY-MM-DD"),
    ("date", " 2024-2-29", {}, "YYYY-MM-DD"),
    ("date", "２０２４-02-29", {}, "YYYY-MM-DD"),
    ("date", "2026-02-28", {"min": "today"}, "not be before today"),
    ("date", "2026-03-02", {"max": "today"}, "not be after today"),
    ("date", "2023-12-31", {"min": "2024-01-01"}, "not be before 2024-01-01"),
    ("date", "2024-01-02", {"max": "2024-01-01"}, "not be after 2024-01-01"),
    ("choices", "c", {}, "no option “c”"),
    ("choices", "front_lfet", {"options": [{"value": "front_left", "label": "L"}]}, "did you mean “front_left”?"),
    ("multiple_choice", ["a", "a"], {}, "twice"),
    ("multiple_choice", [], {"min_selections": 1}, "at least 1"),
    ("multiple_choice", ["a", "b"], {"max_selections": 1}, "at most 1"),
]

WRONG_TYPES: dict[str, tuple[str, list[Any]]] = {
    "text": ("must be text", [True, 1, EXACT, [], {}]),
    "number": ("must be a number", [True, "12.5", [], {}]),
    "currency": ("must be a number", [False, "12.5", [], {}]),
    "date": ("must be a day", [True, 20240229, EXACT, [], {}]),
    "checkbox": ("must be true or false", [0, 1, EXACT, "true", [], {}]),
    "choices": ("must be the value of an option", [True, 1, EXACT, [], ["a"], {}]),
    "multiple_choice": ("must be a list", [True, 1, EXACT, "a", {}]),
    "email": ("must be text", [True, 1, EXACT, [], {}]),
    "phone": ("must be text", [True, 32470123456, EXACT, [], {}]),
    "iban": ("must be text", [True, 1, EXACT, [], {}]),
    "country": ("must be an ISO 3166-1 code", [True, 1, EXACT, [], {}]),
    "address": ("must be an object", [True, 1, EXACT, "Main Street 1", []]),
    "table": ("must be a list of rows", [True, 1, EXACT, "a", {}]),
}


@pytest.mark.parametrize(("kind", "value", "options"), TAKEN)
def test_value_is_stored_as_sent(kind: str, value: Any, options: dict[str, Any]) -> None:
    kept = stored(kind, value, **options)
    assert kept == value
    assert type(kept) is type(value)


@pytest.mark.parametrize(("kind", "value", "options", "says"), REFUSED)
def test_refused(kind: str, value: Any, options: dict[str, Any], says: str) -> None:
    bad = refused(kind, value, **options)
    assert bad.code == "invalid_value"
    assert says in bad.detail


@pytest.mark.parametrize(
    ("kind", "value", "says"), [(kind, value, says) for kind, (says, values) in WRONG_TYPES.items() for value in values]
)
def test_typed_not_coerced(kind: str, value: Any, says: str) -> None:
    assert says in refused(kind, value).detail


def test_a_number_in_quotes_is_told_what_to_do() -> None:
    assert refused("number", "12.5").detail == "“k” must be a number, not text; send 12.5 without quotes."


@pytest.mark.parametrize("kind", ["signature", "api_call"])
@pytest.mark.parametrize("value", ["x", 1, True, [], {"id": "x"}])
def test_read_only(kind: str, value: Any) -> None:
    assert field(kind).read_only
    assert refused(kind, value).code == "read_only_field"


def test_a_wrong_member_is_pointed_at() -> None:
    assert refused("multiple_choice", ["a", "x"]).pointer == "/1"
    assert refused("multiple_choice", ["a", ["b"]]).pointer == "/1"


def test_long_values_are_not_echoed() -> None:
    for kind in ("date", "choices", "country", "phone", "email", "iban"):
        assert len(refused(kind, "x" * 100_000).detail) < 250
    long = [{"value": "x" * 200, "label": "X"}]
    assert len(refused("choices", "x" * 199, options=long).detail) < 250


def test_a_pattern_that_explodes_a_backtracking_engine_is_harmless() -> None:
    made = field("text", pattern="^(([a-z])+.)+[A-Z]([a-z])+$", multiline=True)
    started = time.process_time()
    assert made.type == "text"
    assert "must match" in refused("text", "a" * 20_000, pattern=made.document()["pattern"]).detail
    assert time.process_time() - started < 1


def test_selections_come_back_in_a_list_of_their_own() -> None:
    sent = ["b", "a"]
    kept = stored("multiple_choice", sent, options=AB)
    sent.clear()
    assert kept == ["b", "a"]
