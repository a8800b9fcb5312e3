"""Conditions by rows: what a form sends becomes a condition, and a condition the rows of its form."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dossier.case_templates.model import CASES
from dossier.conditions import EvaluationContext, parse_filter
from dossier.conditions.comparing import DAY, NUMBER, TEXT, YES_OR_NO
from dossier.conditions.explaining import explained
from dossier.conditions.row_form import ConditionForm
from dossier.conditions.rows import (
    OPERATORS,
    FilterAttribute,
    FilterRow,
    Match,
    last_value,
    operator_of,
    parse_rows,
    shown_rows,
    to_rows,
    told_condition,
    typed_condition,
)
from dossier.foundation.errors import Invalid
from dossier.foundation.pages.language import language

CHOICES = [
    FilterAttribute("status", TEXT),
    FilterAttribute("created_at", DAY),
    FilterAttribute("data.n", NUMBER, "Amount", group="fields"),
    FilterAttribute("data.n", TEXT, "Amount of another template", group="fields"),
    FilterAttribute("data.yes", YES_OR_NO, "Agreed", group="fields"),
    FilterAttribute("contact.email", TEXT, group="people"),
]
Sent = list[tuple[str, str]]


def sent(*rows: tuple[str, str, str], prefix: str = "", **more: str) -> Sent:
    """The pairs of a form with these rows."""
    columns = [(prefix + name, text) for row in rows for name, text in zip("aov", row, strict=True)]
    return columns + [(prefix + name, text) for name, text in more.items()]


def typed(*rows: tuple[str, str, str], **more: str) -> Any:
    return typed_condition(sent(*rows, prefix="if.", **more), "if.", CHOICES, CASES)


STATUS = ("status", "eq", "open")
MAIL = ("contact.email", "eq", "eve@example.org")
PHONE = ("contact.phone", "filled", "")
OF_CONTACT = {"relationships": {"contact": {"attributes": {"email": {"$eq": "eve@example.org"}}}}}


@pytest.mark.parametrize(
    ("rows", "match", "condition"),
    [
        ([], "all", None),
        ([("", "eq", "x")], "all", None),
        ([STATUS], "all", {"attributes": {"status": {"$eq": "open"}}}),
        ([STATUS], "any", {"attributes": {}, "$or": [{"attributes": {"status": {"$eq": "open"}}}]}),
        ([("data.n", "gt", " 1,000.5 ")], "all", {"attributes": {"data.n": {"$gt": Decimal("1000.5")}}}),
        ([("data.n", "in", "1, ,2")], "all", {"attributes": {"data.n": {"$in": [1, 2]}}}),
        ([("data.n", "nin", "1")], "all", {"attributes": {"data.n": {"$nin": [1]}}}),
        ([("data.yes", "eq", "true")], "all", {"attributes": {"data.yes": {"$eq": True}}}),
        ([("data.yes", "ne", "false")], "all", {"attributes": {"data.yes": {"$ne": False}}}),
        ([("data.yes", "empty", "")], "all", {"attributes": {"data.yes": {"$defined": False}}}),
        ([("data.yes", "filled", "x")], "all", {"attributes": {"data.yes": {"$defined": True}}}),
        ([("created_at", "ge", "1.3.2026")], "all", {"attributes": {"created_at": {"$ge": "2026-03-01"}}}),
        (
            [("created_at", "lt", "2026-03-01T09:00:00Z")],
            "all",
            {"attributes": {"created_at": {"$lt": "2026-03-01T09:00:00Z"}}},
        ),
        ([MAIL], "all", OF_CONTACT),
        (
            [MAIL, STATUS],
            "all",
            {"attributes": {}, "$and": [OF_CONTACT, {"attributes": {"status": {"$eq": "open"}}}]},
        ),
        (  # what is asked of one of several must hold for the same one
            [MAIL, PHONE],
            "all",
            {
                "relationships": {
                    "contact": {
                        "attributes": {"$and": [{"email": {"$eq": "eve@example.org"}}, {"phone": {"$defined": True}}]}
                    }
                }
            },
        ),
        (
            [MAIL, PHONE],
            "any",
            {
                "attributes": {},
                "$or": [OF_CONTACT, {"relationships": {"contact": {"attributes": {"phone": {"$defined": True}}}}}],
            },
        ),
        ([("nobody.email", "eq", "x")], "all", {"attributes": {"nobody.email": {"$eq": "x"}}}),
    ],
    ids=str,
)
def test_rows_become_a_condition(rows: list[Any], match: str, condition: Any) -> None:
    assert typed(*rows, match=match) == condition


def test_the_same_person_is_asked_beside_something_else() -> None:
    parts = typed(MAIL, STATUS, PHONE)["$and"]
    assert parts[0] == {"attributes": {"status": {"$eq": "open"}}}
    assert parts[1]["relationships"]["contact"]["attributes"]["$and"][1] == {"phone": {"$defined": True}}
    assert len(parts) == 2


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("status", "is", "x")], "There is no operator “is”; known are eq, ne, contains,"),
        ([("status", "eq", "  ")], "A condition lacks the value to compare with."),
        ([("data.n", "gt", "soon")], "“Amount” must be a number, not “soon”."),
        ([("data.yes", "eq", "maybe")], "“Agreed” takes yes or no."),
        ([("created_at", "lt", "soon")], "“created_at” takes a day such as 2026-03-01, not “soon”."),
    ],
    ids=str,
)
def test_a_row_that_asks_for_nothing_is_refused(rows: list[Any], says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        typed(*rows)
    assert says in refusal.value.problems[0].message.said(language("en"))


def test_every_bad_value_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        typed(("data.n", "gt", "x"), STATUS, ("data.yes", "eq", "x"))
    assert [each.code for each in refusal.value.problems] == ["invalid_operand"] * 2


def test_a_form_has_twenty_rows_and_no_more() -> None:
    assert len(typed(*[STATUS] * 20)["$and"]) == 20
    with pytest.raises(Invalid, match="20 conditions at most"):
        typed(*[STATUS] * 21)
    told = {"attributes": {}, "$and": [{"attributes": {"status": {"$eq": "open"}}}] * 20}
    found = to_rows(told)
    assert found
    assert found[1] == [FilterRow("status", "$eq", "open")] * 20
    told["$and"].append({"attributes": {"status": {"$eq": "open"}}})  # type: ignore[attr-defined]
    assert to_rows(told) is None


def test_of_an_address_with_too_many_rows_one_more_is_read() -> None:
    assert len(list(parse_rows(sent(*[STATUS] * 50)))) == 21


def test_an_address_is_read_as_far_as_it_goes() -> None:
    """Columns of another form are not its own; what has no operator or no value asks for nothing."""
    pairs = sent(
        STATUS, ("", "eq", "x"), ("title", "is", "x"), ("title", "eq", " "), ("title", "empty", ""), ("a", "ne", " b ")
    )
    assert list(parse_rows([*pairs, ("if.a", "x"), ("a", "half")])) == [
        FilterRow("status", "$eq", "open"),
        FilterRow("title", "$defined", "false"),
        FilterRow("a", "$ne", "b"),
    ]


def test_json_is_taken_as_it_is() -> None:
    assert typed(json='{"$or": []}') == {"$or": []}
    with pytest.raises(Invalid) as refusal:
        typed(json="{")
    assert [each.pointer for each in refusal.value.problems] == [None]


def test_of_an_input_that_comes_twice_the_last_counts() -> None:
    pairs = [("a", "first"), ("a", " two\r\nlines "), ("b", "x")]
    assert (last_value(pairs, "a"), last_value(pairs, "c")) == ("two\nlines", "")


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_is_called_what_the_form_sent(name: str) -> None:
    (row,) = parse_rows(sent(("status", name, "x")))
    assert operator_of(row) == name


TOLD: list[tuple[Any, Match, list[tuple[str, str, str]]]] = [
    ({}, "all", []),
    ({"attributes": {}}, "all", []),
    ({"status": {"$eq": "open"}}, "all", [("status", "$eq", "open")]),
    ({"attributes": {"data.n": {"$gt": Decimal("1.50"), "$lt": 9}}}, "all", [("data.n", "$gt", "1.50"), ("data.n", "$lt", "9")]),
    ({"attributes": {"data.n": {"$in": [1, "a"]}}}, "all", [("data.n", "$in", "1, a")]),
    ({"attributes": {"data.yes": {"$eq": True}}}, "all", [("data.yes", "$eq", "true")]),
    ({"attributes": {"data.yes": {"$defined": False}}}, "all", [("data.yes", "$defined", "false")]),
    (OF_CONTACT, "all", [("contact.email", "$eq", "eve@example.org")]),
    (
        {"relationships": {"contact": {"attributes": {"$and": [{"email": {"$eq": "x"}}, {"phone": {"$eq": "1"}}]}}}},
        "all",
        [("contact.email", "$eq", "x"), ("contact.phone", "$eq", "1")],
    ),
    (
        {"attributes": {}, "$or": [{"attributes": {"status": {"$eq": "a"}}}, OF_CONTACT]},
        "any",
        [("status", "$eq", "a"), ("contact.email", "$eq", "eve@example.org")],
    ),
    ({"$or": []}, "any", []),
    ({"$and": []}, "all", []),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "match", "rows"), TOLD, ids=str)
def test_a_condition_is_told_by_rows(raw: Any, match: Match, rows: list[Any]) -> None:
    assert to_rows(raw) == (match, [FilterRow(*each) for each in rows])


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "x",
        None,
        {"status": "open"},
        {"status": {"$eq": None}},
        {"$not": {"status": {"$eq": "open"}}},
        {"attributes": {"$not": {"status": {"$eq": "x"}}}},
        {"attributes": {"$or": [{"status": {"$eq": "x"}}]}},
        {"attributes": {"status": {"$eq": "x"}}, "$or": []},
        {"$or": [{"status": {"$eq": "x"}, "title": {"$eq": "y"}}]},
        {"$or": [{}]},
        {"relationships": {"contact": {}}},
    ],
    ids=str,
)
def test_what_rows_cannot_say_is_not_told(raw: Any) -> None:
    assert to_rows(raw) is None
    assert told_condition(CHOICES, raw) is None
    if raw is not None:
        assert ConditionForm.of(raw, CHOICES).text != ""


def test_a_form_shows_the_rows_and_a_blank_one() -> None:
    """Under their headings; of two choices under one name the first is meant, and what no choice has is named."""
    rows = [FilterRow("data.n", "$gt", "1"), FilterRow("data.gone", "$defined", "false")]
    shown = shown_rows(CHOICES, "any", rows)
    assert shown.match == "any"
    assert [(name, len(those)) for name, those in shown.rows[0].groups] == [("", 2), ("fields", 3), ("people", 1)]
    assert [(each.attribute, each.unknown, each.operator, each.value) for each in shown.rows] == [
        (CHOICES[2], "", "gt", "1"),
        (None, "data.gone", "empty", ""),
        (None, "", "eq", ""),
    ]
    told = told_condition(CHOICES, {"attributes": {"data.n": {"$gt": 1}}})
    assert told
    assert [each.value for each in told.rows] == ["1"], "without a blank one"
    told = told_condition(CHOICES, {"$or": [{"attributes": {"data.n": {"$gt": 1}}}]})
    assert told
    assert told.match == "any"


def test_a_form_of_a_condition_is_rows_or_json() -> None:
    rows, blank, other = (ConditionForm.of(each, CHOICES) for each in ({"status": {"$eq": "x"}}, None, {"$not": {}}))
    assert ([each.value for each in rows.rows.rows], rows.text) == (["x", ""], "")
    assert (len(blank.rows.rows), blank.rows.match, blank.text) == (1, "all", "")
    assert (len(other.rows.rows), other.text) == (1, '{\n  "$not": {}\n}')


@pytest.mark.parametrize(("match", "shown"), [("any", "any"), ("all", "all"), ("x", "all")])
def test_what_could_not_be_saved_is_shown_as_it_was_typed(match: str, shown: str) -> None:
    form = ConditionForm.sent(sent(STATUS, prefix="if.", match=match, json="{"), "if.", CHOICES)
    assert (form.rows.match, [each.value for each in form.rows.rows], form.text) == (shown, ["open", ""], "{")


FACTS = EvaluationContext(
    attributes={"status": "open", "created_at": datetime(2026, 3, 1, tzinfo=UTC)},
    families={"data": {"n": 5, "list": list("abcdefghijkl"), "day": "2026-03-01"}},
    related={"contact": [{"email": "eve@example.org"}]},
)
Explained = tuple[str, bool, Any, str, tuple[Any, ...], bool]


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ({"attributes": {"status": {"$eq": "x"}}}, [("status $eq x", False, "open", "eq", ("x",), False)]),
        ({"attributes": {"status": {"$ne": "x"}}}, [("not status $eq x", True, "open", "ne", ("x",), False)]),
        ({"attributes": {"data.n": {"$gt": 4}}}, [("data.n $gt 4", True, 5, "gt", (4,), False)]),
        ({"$not": {"attributes": {"data.n": {"$gt": 4}}}}, [("not data.n $gt 4", False, 5, "gt", (4,), True)]),
        (
            {"$not": {"$not": {"attributes": {"data.n": {"$gt": 4}}}}},
            [("not not data.n $gt 4", True, 5, "gt", (4,), False)],
        ),
        ({"attributes": {"data.n": {"$defined": True}}}, [("data.n $defined True", True, 5, "filled", (), False)]),
        ({"attributes": {"data.x": {"$defined": False}}}, [("data.x $defined False", True, None, "empty", (), False)]),
        (
            {"$not": {"attributes": {"data.n": {"$defined": True}}}},
            [("not data.n $defined True", False, 5, "empty", (), False)],
        ),
        (
            {"attributes": {"data.n": {"$nin": [1, 2]}}},
            [("not data.n $in [1, 2]", True, 5, "nin", (1, 2), False)],
        ),
        (
            {"attributes": {"data.n": {"$in": list(range(12))}}},
            [("data.n $in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", True, 5, "in", tuple(range(12)), False)],
        ),
        (
            {"attributes": {"data.day": {"$lt": "2026-03-02T00:00:00Z"}}},
            [("data.day $lt 2026-03-02T00:00:00Z", True, "2026-03-01", "lt", ("2026-03-02T00:00:00Z",), False)],
        ),
        (
            {"relationships": {"contact": {"attributes": {"email": {"$eq": "eve@example.org"}}}}},
            [("contact.email $eq eve@example.org", True, None, "eq", ("eve@example.org",), False)],
        ),
        (
            {"$or": [{"attributes": {"status": {"$eq": "open"}}}, {"attributes": {"data.n": {"$le": 4}}}]},
            [("status $eq open", True, "open", "eq", ("open",), False), ("data.n $le 4", False, 5, "le", (4,), False)],
        ),
    ],
    ids=str,
)
def test_each_comparison_says_whether_it_held_and_what_it_saw(raw: Any, parts: list[Explained]) -> None:
    found = explained(parse_filter(raw, CASES), FACTS)
    assert [
        (each.part, each.held, each.value, each.asked.operator, each.asked.operands, each.asked.negated)
        for each in found
    ] == parts


@pytest.mark.parametrize("length", [289, 290, 291, 500])
def test_a_long_comparison_is_told_in_part(length: int) -> None:
    (part,) = explained(parse_filter({"attributes": {"title": {"$eq": "x" * length}}}, CASES), FACTS)
    assert part.part == ("title $eq " + "x" * length)[:300]
