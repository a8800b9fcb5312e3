"""What a definition may say: every mistake is reported, all together, each with its pointer."""

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from dossier.fields import FIELD_TYPES, definition_schema, index_values, infer_field, parse_fields
from dossier.foundation.errors import InvalidValue
from tests.fields.support import AB, LEAST, TODAY, definition, field, pointers, problems

EVERYTHING: dict[str, dict[str, Any]] = {
    "text": {"multiline": True, "maxlength": 9, "pattern": "^[a-z]+$", "default": "abc"},
    "number": {"min": 0, "max": Decimal("9.5"), "decimals": 2, "prefix": "~", "suffix": "km", "default": 5},
    "currency": {"min": 0, "max": 100, "currency": "EUR", "default": Decimal("2.50")},
    "date": {"min": "2020-01-01", "max": "today", "format": "DD/MM/YYYY", "default": "2024-02-29"},
    "checkbox": {"default": False},
    "choices": {"options": AB, "default": "a"},
    "multiple_choice": {"options": AB, "min_selections": 1, "max_selections": 2, "default": ["a"]},
    "file": {"accept": ["image/png"], "max_size": 1, "max_files": 1},
    "signature": {},
    "api_call": {},
    "email": {"default": "eve@penbox.io"},
    "phone": {"country": "BE", "default": "0470 12 34 56"},
    "iban": {"default": "BE71 0961 2345 6769"},
    "country": {"default": "BE"},
    "address": {"default": {"city": "Ghent"}},
    "table": {"columns": [{"key": "a", "type": "text", "name": "A"}], "min_rows": 1, "max_rows": 2, "default": [{}]},
    "url": {"default": "https://example.org"},
    "time": {"min": "08:00", "max": "18:00", "default": "12:00"},
    "national_number": {"country": "NL", "default": "111222333"},
    "company_number": {"country": "FR", "default": "552 008 443"},
    "computed": {"formula": "1 + 1", "result": "number", "decimals": 2, "suffix": "km"},
}
COMMON = {"description": "D", "section": "s", "visibility": "hide-when-empty", "required": True}

MISTAKES: list[tuple[str, dict[str, Any], str, str]] = [
    ("text", {"key": "Bad Key"}, "/key", "invalid_value"),
    ("text", {"key": ""}, "/key", "invalid_value"),
    ("text", {"key": "a" * 121}, "/key", "invalid_value"),
    ("text", {"key": "a\n"}, "/key", "invalid_value"),
    ("text", {"key": 5}, "/key", "invalid_value"),
    ("text", {"name": ""}, "/name", "invalid_value"),
    ("text", {"name": None}, "/name", "invalid_value"),
    ("text", {"section": 5}, "/section", "invalid_value"),
    ("text", {"description": []}, "/description", "invalid_value"),
    ("text", {"visibility": True}, "/visibility", "invalid_value"),
    ("text", {"required": "yes"}, "/required", "invalid_value"),
    ("text", {"indexed": 1}, "/indexed", "invalid_value"),
    ("text", {"min": 1}, "/min", "unknown_member"),
    ("text", {"given_default": "x"}, "/given_default", "unknown_member"),
    ("text", {"a/b": 1}, "/a~1b", "unknown_member"),
    ("text", {"multiline": 1}, "/multiline", "invalid_value"),
    ("text", {"maxlength": 0}, "/maxlength", "invalid_value"),
    ("text", {"maxlength": "5"}, "/maxlength", "invalid_value"),
    ("text", {"maxlength": True}, "/maxlength", "invalid_value"),
    ("text", {"maxlength": Decimal("1.5")}, "/maxlength", "invalid_value"),
    ("text", {"pattern": "("}, "/pattern", "invalid_value"),
    ("text", {"pattern": r"(a)\1"}, "/pattern", "invalid_value"),
    ("text", {"pattern": "(?=a)"}, "/pattern", "invalid_value"),
    ("text", {"pattern": "a{1001}"}, "/pattern", "invalid_value"),
    ("text", {"pattern": "x" * 1001}, "/pattern", "invalid_value"),
    ("text", {"default": 5}, "/default", "invalid_value"),
    ("text", {"default": "abc", "maxlength": 2}, "/default", "invalid_value"),
    ("number", {"min": "1"}, "/min", "invalid_value"),
    ("number", {"max": True}, "/max", "invalid_value"),
    ("number", {"min": 2, "max": 1}, "/max", "invalid_value"),
    ("number", {"decimals": -1}, "/decimals", "invalid_value"),
    ("number", {"decimals": 21}, "/decimals", "invalid_value"),
    ("number", {"prefix": 1}, "/prefix", "invalid_value"),
    ("number", {"default": True}, "/default", "invalid_value"),
    ("currency", {"currency": "eur"}, "/currency", "invalid_value"),
    ("currency", {"currency": "XXZ"}, "/currency", "invalid_value"),
    ("currency", {"decimals": 3}, "/decimals", "unknown_member"),
    ("currency", {"min": 2, "max": 1}, "/max", "invalid_value"),
    ("date", {"min": "yesterday"}, "/min", "invalid_value"),
    ("date", {"max": "2023-02-29"}, "/max", "invalid_value"),
    ("date", {"min": "2024-01-02", "max": "2024-01-01"}, "/max", "invalid_value"),
    ("date", {"min": "today", "default": "2400-01-01"}, "/default", "invalid_value"),
    ("checkbox", {"default": "true"}, "/default", "invalid_value"),
    ("choices", {"options": []}, "/options", "invalid_value"),
    ("choices", {"options": {}}, "/options", "invalid_value"),
    ("choices", {"options": ["a"]}, "/options/0", "invalid_value"),
    ("choices", {"options": [{"value": "a"}]}, "/options/0/label", "missing_member"),
    ("choices", {"options": [{"value": 1, "label": "A"}]}, "/options/0/value", "invalid_value"),
    ("choices", {"options": [{"value": "a", "label": "A", "x": 1}]}, "/options/0/x", "unknown_member"),
    ("choices", {"options": [*AB, AB[0]]}, "/options/2/value", "duplicate"),
    ("choices", {"options": [{"value": str(n), "label": "N"} for n in range(1001)]}, "/options", "invalid_value"),
    ("choices", {"default": "c"}, "/default", "invalid_value"),
    ("multiple_choice", {"min_selections": 3}, "/min_selections", "invalid_value"),
    ("multiple_choice", {"max_selections": 3}, "/max_selections", "invalid_value"),
    ("multiple_choice", {"max_selections": 0}, "/max_selections", "invalid_value"),
    ("multiple_choice", {"min_selections": -1}, "/min_selections", "invalid_value"),
    ("multiple_choice", {"min_selections": 2, "max_selections": 1}, "/max_selections", "invalid_value"),
    ("multiple_choice", {"default": ["a", "c"]}, "/default/1", "invalid_value"),
    ("file", {"accept": "image/png"}, "/accept", "invalid_value"),
    ("file", {"accept": [5]}, "/accept/0", "invalid_value"),
    ("file", {"max_size": 0}, "/max_size", "invalid_value"),
    ("file", {"max_files": 0}, "/max_files", "invalid_value"),
    ("file", {"default": "x"}, "/default", "invalid_value"),
    ("file", {"indexed": True}, "/indexed", "invalid_value"),
    ("signature", {"indexed": True}, "/indexed", "invalid_value"),
    ("api_call", {"indexed": True}, "/indexed", "invalid_value"),
    ("address", {"indexed": True}, "/indexed", "invalid_value"),
    ("address", {"default": {"country": "xx"}}, "/default/country", "invalid_value"),
    ("phone", {"country": "be"}, "/country", "invalid_value"),
    ("iban", {"default": "BE72"}, "/default", "invalid_value"),
]


def test_every_type_of_the_contract_is_tried_here() -> None:
    assert set(EVERYTHING) == set(FIELD_TYPES)


@pytest.mark.parametrize("kind", EVERYTHING)
def test_all_options_go_in_and_come_back(kind: str) -> None:
    given = definition(kind, **COMMON, **EVERYTHING[kind])
    made = field(kind, **COMMON, **EVERYTHING[kind])
    assert made.document() == given
    assert parse_fields([made.document()], "") == ((made,), [])
    assert (made.key, made.type, made.name, made.section, made.required) == ("k", kind, "K", "s", True)


@pytest.mark.parametrize("kind", EVERYTHING)
def test_only_members_that_were_given_come_back(kind: str) -> None:
    made = field(kind)
    assert made.document() == definition(kind)
    assert (made.section, made.description, made.visibility, made.default) == (None, None, None, None)
    assert (made.required, made.indexed) == (False, False)


@pytest.mark.parametrize(("kind", "options", "pointer", "code"), MISTAKES)
def test_a_mistake_is_pointed_at(kind: str, options: dict[str, Any], pointer: str, code: str) -> None:
    good = {"key": "fine", "type": "text", "name": "Fine"}
    assert pointers(good, definition(kind, **options)) == {"/schema/1" + pointer: code}


@pytest.mark.parametrize("kind", sorted(set(FIELD_TYPES) - {"file", "signature", "api_call", "table", "address"}))
def test_types_that_can_be_indexed(kind: str) -> None:
    assert field(kind, indexed=True).indexed


def test_all_mistakes_together() -> None:
    assert pointers(
        5,
        {"key": "A", "type": "number", "mni": 1, "min": 2, "max": 1, "indexed": 5},
        {"key": "b", "type": "txet", "default": 1, "anything": 1},
        {"type": ["text"]},
        {"key": "c", "name": "C"},
    ) == {
        "/schema/0": "invalid_type",
        "/schema/1/key": "invalid_value",
        "/schema/1/name": "missing_member",
        "/schema/1/mni": "unknown_member",
        "/schema/1/max": "invalid_value",
        "/schema/1/indexed": "invalid_value",
        "/schema/2/type": "unknown_type",
        "/schema/2/name": "missing_member",
        "/schema/3/type": "unknown_type",
        "/schema/3/key": "missing_member",
        "/schema/3/name": "missing_member",
        "/schema/4/type": "missing_member",
    }


@pytest.mark.parametrize("raw", [None, {}, "x", 5, True])
def test_the_fields_must_be_a_list(raw: object) -> None:
    fields, (problem,) = parse_fields(raw, "/schema")
    assert fields == ()
    assert (problem.pointer, problem.code) == ("/schema", "invalid_type")


def test_a_key_stands_once() -> None:
    assert pointers(definition("text"), definition("number"), definition("date")) == {
        "/schema/1/key": "duplicate",
        "/schema/2/key": "duplicate",
    }


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("txet", {}, "There is no field type “txet” here. Did you mean “text”?"),
        ("?", {}, "Types are text, number, currency"),
        ("text", {"maxlenght": 5}, "“maxlenght” is not an option of this type. Did you mean “maxlength”?"),
        ("text", {"pattern": r"(a)\1"}, "RE2 has no backreferences and no look-around"),
        ("text", {"name": 5}, "“name” must be text, not a number."),
        ("text", {"maxlength": 0}, "“maxlength” must be at least 1."),
        ("text", {"name": "x" * 501}, "“name” must have at most 500 characters."),
        ("text", {"x" * 9999: 1}, "xxx… is not an option"),
        ("number", {"min": 2, "max": 1}, "“max” must not be less than “min”."),
        ("number", {"decimals": 99}, "“decimals” must be at most 20."),
        ("choices", {"options": []}, "“options” must not be empty."),
        ("choices", {"options": ["a"]}, "“options” must be an object, not text."),
        ("choices", {"options": [*AB, *AB]}, "The option “a” stands twice."),
        ("multiple_choice", {"max_selections": 3}, "“max_selections” must not be more than the 2 options."),
        ("file", {"default": 1}, "A file cannot have “default”."),
    ],
)
def test_invalid_definition_says_why(kind: str, options: dict[str, Any], says: str) -> None:
    assert says.replace("xxx…", "x" * 39 + "…”") in problems(definition(kind, **options))[0].detail


def test_a_default_is_stored_as_a_value_would_be() -> None:
    made = field("iban", default="be71 0961 2345 6769")
    assert made.default == "BE71096123456769"
    assert made.document()["default"] == "be71 0961 2345 6769"


def test_a_published_default_does_not_go_stale() -> None:
    assert field("date", max="today", default="2300-01-01").default == "2300-01-01"


def test_a_good_field_survives_a_bad_neighbour() -> None:
    fields, found = parse_fields([definition("text", maxlength=0), definition("date", key="day")], "")
    assert [each.key for each in fields] == ["day"]
    assert [problem.pointer for problem in found] == ["/0/maxlength"]


@pytest.mark.parametrize(
    ("value", "kind"), [(True, "checkbox"), (5, "number"), (Decimal("1.5"), "number"), ("a\nb", "text"), ("", "text")]
)
def test_a_field_is_inferred_from_a_value_it_takes(value: Any, kind: str) -> None:
    made = infer_field("net_income", value)
    assert (made.key, made.type, made.name) == ("net_income", kind, "Net income")
    assert made.check(value, TODAY) == value
    assert parse_fields([made.document()], "") == ((made,), [])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("k", {}, "unknown_field"),
        ("k", ["a"], "unknown_field"),
        ("k", None, "unknown_field"),
        ("No Key", 1, "invalid_key"),
        ("", 1, "invalid_key"),
        ("k", "a\0", "invalid_value"),
    ],
)
def test_what_no_field_can_be_inferred_from(key: str, value: Any, code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        infer_field(key, value)
    assert caught.value.code == code


def test_a_key_of_underscores_still_has_a_name() -> None:
    assert infer_field("___", 1).name == "___"


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ("x" * 300, ["x" * 200]),
        (5, [5]),
        (Decimal("1.50"), [Decimal("1.50")]),
        (True, ["true"]),
        (False, ["false"]),
        (["a", "b"], ["a", "b"]),
        (["a" * 300, ["b"], {"c": 1}, None], ["a" * 200]),
        ([], []),
        ({"city": "Ghent"}, []),
        (None, []),
    ],
)
def test_what_the_side_table_gets(value: Any, rows: list[Any]) -> None:
    found = index_values(value)
    assert found == rows
    assert [type(each) for each in found] == [type(each) for each in rows]


def test_the_published_schema_agrees() -> None:
    jsonschema.Draft202012Validator.check_schema(definition_schema())
    schema = jsonschema.Draft202012Validator(definition_schema())
    for kind, options in EVERYTHING.items():
        assert schema.is_valid(plain(definition(kind, **COMMON, **options)))
        assert not schema.is_valid(definition(kind, colour="red"))
    for kind in LEAST:
        assert not schema.is_valid({"key": "k", "type": kind, "name": "K"})
    assert not schema.is_valid(definition("number", min="1"))
    assert not schema.is_valid(definition("text", key="No Key"))
    assert not schema.is_valid(definition("txet"))


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=float))
