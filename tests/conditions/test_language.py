"""The condition language: what it means, and what it refuses (contract section 4)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dossier.case_templates.model import CASES
from dossier.conditions import EvaluationContext, parse_condition, parse_filter
from dossier.foundation.errors import Invalid

FACTS = EvaluationContext(
    attributes={
        "status": "draft",
        "title": "Claim",
        "reference": None,
        "description": "at ab0e8400-e29b-41d4-a716-446655440000",
        "created_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "id": "ab0e8400-e29b-41d4-a716-446655440000",
    },
    families={
        "data": {
            "n": Decimal("3.0"),
            "text": "Hello",
            "list": ["red", 1],
            "yes": True,
            "day": "2026-03-01",
            "moment": "2026-03-01T10:00:00Z",
            "none": "None",
            "digits": "5",
            "bare": "ab0e8400-e29b-41d4-a716-446655440000",
            "seen": "at ab0e8400-e29b-41d4-a716-446655440000",
            "typed": "AB0E8400-E29B-41D4-A716-446655440000",
        },
        "steps": {"call": "completed"},
    },
    related={
        "owner": {"id": "x", "email": "Ada@Example.org", "given_name": "Ada", "family_name": None},
        "contact": [
            {"key": "main", "email": "eve@example.org", "given_name": "Eve", "family_name": "Moe", "phone": None},
            {"key": "other", "email": "bo@example.org", "given_name": "Bo", "family_name": "Straße", "phone": None},
        ],
        "workspace": {"id": "w", "slug": "demo"},
    },
)

HOLDS: list[dict[str, Any]] = [
    {},
    {"status": {"$eq": "draft"}, "title": {"$ne": "x"}},
    {"reference": {"$eq": None}},
    {"reference": {"$ne": "x"}},
    {"reference": {"$defined": False}, "title": {"$defined": True}},
    {"$not": {"reference": {"$gt": "a"}}},
    {"title": {"$contains": "lai"}},
    {"data.n": {"$eq": 3}},
    {"data.n": {"$ge": 3, "$lt": 4}},
    {"data.missing": {"$eq": None}},
    {"data.missing": {"$nin": ["x"]}},
    {"data.text": {"$contains": "ell"}},
    {"data.list": {"$contains": "red"}},
    {"data.list": {"$contains": 1}},
    {"data.yes": {"$in": [True]}},
    {"data.day": {"$in": ["2026-03-01T00:00:00Z"]}},
    {"data.moment": {"$in": ["2026-03-01T10:00:00Z"]}},
    {"data.moment": {"$eq": "2026-03-01T10:00:00Z"}},
    {"data.moment": {"$gt": "2026-03-01T09:00:00Z"}},
    {"data.day": {"$le": "2026-03-01T10:00:00Z", "$lt": "2026-03-01T10:00:00Z"}},
    {"data.day": {"$le": "2026-03-01T00:00:00Z", "$ge": "2026-03-01T00:00:00Z"}},
    {"data.day": {"$gt": "2026-02-28T10:00:00Z", "$ge": "2026-02-28T10:00:00Z"}},
    {"data.seen": {"$contains": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"data.typed": {"$contains": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"created_at": {"$eq": "2026-03-01T13:00:00+01:00"}},
    {"id": {"$eq": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"title": {"$gt": "Chat"}},
    {"data.yes": {"$eq": True}},
    {"data.yes": {"$ne": 1}},
    {"data.n": {"$ne": "3"}},
    {"$not": {"data.text": {"$gt": 1}}},
    {"data.day": {"$lt": "2026-03-01T00:00:01Z"}},
    {"data.day": {"$eq": "2026-03-01T00:00:00Z"}},
    {"data.day": {"$eq": "2026-03-01T01:00:00+01:00"}},
    {"created_at": {"$gt": "2026-03-01", "$lt": "2026-03-02"}},
    {"steps.call.status": {"$eq": "completed"}},
    {"steps.other.status": {"$eq": None}},
    {"$or": [{"status": {"$eq": "x"}}, {"data.n": {"$in": [1, 3]}}]},
    {"$and": []},
    {"$not": {"$or": []}},
    {
        "attributes": {"status": {"$eq": "draft"}},
        "relationships": {"owner": {"attributes": {"email": {"$eq": "ADA@example.ORG"}}}},
    },
    {"relationships": {"contact": {"attributes": {"given_name": {"$eq": "BO"}, "family_name": {"$eq": "STRASSE"}}}}},
    {"relationships": {"contact": {"attributes": {"$not": {"given_name": {"$eq": "Eve"}}}}}},
    {"relationships": {"workspace": {"attributes": {"slug": {"$eq": "demo"}}}}},
]

DOES_NOT: list[dict[str, Any]] = [
    {"status": {"$eq": "draft", "$ne": "draft"}},
    {"reference": {"$lt": "zzz"}},
    {"data.yes": {"$eq": 1}},
    {"data.n": {"$eq": "3"}},
    {"data.text": {"$gt": 0}},
    {"data.text": {"$lt": 0}},
    {"data.list": {"$eq": "red"}},
    {"data.list": {"$in": ["red"]}},
    {"data.list": {"$contains": "re"}},
    {"data.list": {"$contains": True}},
    {"data.none": {"$contains": "hello"}},
    {"data.n": {"$contains": 3}},
    {"data.digits": {"$contains": 5}},
    {"data.yes": {"$in": [1]}},
    {"data.n": {"$in": [True, "3"]}},
    {"data.n": {"$gt": 3}},
    {"data.n": {"$lt": "2026-03-01T00:00:00Z"}},
    {"data.day": {"$eq": "2026-03-01T10:00:00Z"}},
    {"data.day": {"$in": ["2026-03-01T10:00:00Z"]}},
    {"data.day": {"$gt": "2026-03-01T10:00:00Z"}},
    {"data.day": {"$ge": "2026-03-01T10:00:00Z"}},
    {"data.day": {"$gt": "2026-03-01T00:00:00Z"}},
    {"data.day": {"$lt": "2026-03-01T00:00:00Z"}},
    {"data.moment": {"$gt": "2026-03-01T10:00:00Z"}},
    {"data.text": {"$defined": False}},
    {"created_at": {"$le": "2026-03-01"}},
    {"data.yes": {"$gt": 0}},
    {"data.yes": {"$le": 1}},
    {"data.seen": {"$eq": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"data.bare": {"$eq": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"reference": {"$contains": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"description": {"$contains": "AB0E8400-E29B-41D4-A716-446655440000"}},
    {"data.list": {"$lt": "2026-03-01T00:00:00Z"}},
    {"$or": []},
    {"relationships": {"contact": {"attributes": {"given_name": {"$eq": "Eve"}, "family_name": {"$eq": "Straße"}}}}},
    {"relationships": {"owner": {"attributes": {"family_name": {"$eq": "x"}}}}},
]


@pytest.mark.parametrize("raw", HOLDS, ids=str)
def test_condition_true(raw: dict[str, Any]) -> None:
    assert parse_condition(raw, CASES).evaluate(FACTS)


@pytest.mark.parametrize("raw", DOES_NOT, ids=str)
def test_condition_false(raw: dict[str, Any]) -> None:
    assert not parse_condition(raw, CASES).evaluate(FACTS)


REFUSED: list[tuple[Any, str, str]] = [
    ([], "", "invalid_condition"),
    ({"colour": {"$eq": 1}}, "/colour", "unknown_attribute"),
    ({"data.A": {"$eq": 1}}, "/data.A", "unknown_attribute"),
    ({"steps.call": {"$eq": 1}}, "/steps.call", "unknown_attribute"),
    ({"status": "draft"}, "/status", "invalid_condition"),
    ({"status": {}}, "/status", "invalid_condition"),
    ({"status": {"$like": "x"}}, "/status/$like", "unknown_operator"),
    ({"status": {"$eq": 1}}, "/status/$eq", "invalid_operand"),
    ({"id": {"$contains": "ab0e8400-e29b-41d4-a716-446655440000"}}, "/id/$contains", "invalid_operand"),
    ({"created_at": {"$contains": "2026-03-01"}}, "/created_at/$contains", "invalid_operand"),
    ({"status": {"$in": "draft"}}, "/status/$in", "invalid_operand"),
    ({"status": {"$defined": "yes"}}, "/status/$defined", "invalid_operand"),
    ({"created_at": {"$gt": "soon"}}, "/created_at/$gt", "invalid_operand"),
    ({"created_at": {"$gt": "2026-03-01T10:00:00"}}, "/created_at/$gt", "invalid_operand"),
    ({"created_at": {"$contains": "2026"}}, "/created_at/$contains", "invalid_operand"),
    ({"id": {"$contains": "01a2"}}, "/id/$contains", "invalid_operand"),
    ({"id": {"$eq": "nope"}}, "/id/$eq", "invalid_operand"),
    ({"data.n": {"$gt": True}}, "/data.n/$gt", "invalid_operand"),
    ({"data.n": {"$eq": {"a": 1}}}, "/data.n/$eq", "invalid_operand"),
    ({"data.n": {"$contains": None}}, "/data.n/$contains", "invalid_operand"),
    ({"data.n": {"$ge": False}}, "/data.n/$ge", "invalid_operand"),
    ({"data.n": {"$defined": 1}}, "/data.n/$defined", "invalid_operand"),
    ({"data.n": {"$in": "x"}}, "/data.n/$in", "invalid_operand"),
    ({"status": {"$eq": 1}}, "/status/$eq", "invalid_operand"),
    ({"created_at": {"$contains": "2026"}}, "/created_at/$contains", "invalid_operand"),
    ({"created_at": {"$eq": "soon"}}, "/created_at/$eq", "invalid_operand"),
    ({"title": {"$eq": "x", "$like": "y"}}, "/title/$like", "unknown_operator"),
    ({"data": {"$eq": 1}}, "/data", "unknown_attribute"),
    ({"$not": []}, "/$not", "invalid_condition"),
    ({"attributes": []}, "/attributes", "invalid_condition"),
    ({"attributes": {}, "status": {"$eq": "x"}}, "/status", "unknown_member"),
    ({"relationships": []}, "/relationships", "invalid_condition"),
    ({"relationships": {"owner": {}}}, "/relationships/owner", "invalid_condition"),
    ({"relationships": {"owner": {"attributes": {}, "x": 1}}}, "/relationships/owner", "invalid_condition"),
    ({"relationships": {"owner": []}}, "/relationships/owner", "invalid_condition"),
    ({"$and": [{}, {"x": 1}]}, "/$and/1/x", "unknown_attribute"),
    ({"$and": {}}, "/$and", "invalid_condition"),
    ({"relationships": {"father": {"attributes": {}}}}, "/relationships/father", "unknown_relationship"),
    ({"relationships": {"owner": {"email": {"$eq": "x"}}}}, "/relationships/owner", "invalid_condition"),
    (
        {"relationships": {"owner": {"attributes": {"age": {"$eq": "x"}}}}},
        "/relationships/owner/attributes/age",
        "unknown_attribute",
    ),
]


@pytest.mark.parametrize(("raw", "where", "code"), REFUSED, ids=str)
def test_refused_with_the_place(raw: Any, where: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_condition(raw, CASES, "/at")
    assert [(each.pointer, each.code) for each in refusal.value.problems] == [("/at" + where, code)]


def nested(levels: int, raw: dict[str, Any]) -> dict[str, Any]:
    """A condition in that many others."""
    for _ in range(levels):
        raw = {"$not": raw}
    return raw


@pytest.mark.parametrize(
    ("most", "beyond", "says"),
    [
        (nested(32, {}), nested(33, {}), "nested deeper than 32 levels"),
        ({"$or": [{"status": {"$eq": "x"}}] * 200}, {"$or": [{"status": {"$eq": "x"}}] * 201}, "more than 200"),
        ({"status": {"$in": ["x"] * 1000}}, {"status": {"$in": ["x"] * 1001}}, "at most 1000 values"),
    ],
    ids=["depth", "comparisons", "operands"],
)
def test_limits_are_met_exactly(most: Any, beyond: Any, says: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    parse_condition(most, CASES)
    with pytest.raises(Invalid) as refusal:
        parse_condition(beyond, CASES)
    assert [says in str(each.message) for each in refusal.value.problems] == [True]


@pytest.mark.parametrize(
    ("within", "levels"),
    [
        (lambda inner: inner, 32),
        (lambda inner: {"attributes": inner}, 31),
        (lambda inner: {"$not": {"attributes": inner}}, 30),
        (lambda inner: {"$and": [{"attributes": inner}]}, 30),
        (lambda inner: {"attributes": {"$or": [inner]}}, 30),
        (lambda inner: {"relationships": {"owner": {"attributes": {"$not": inner}}}}, 29),
    ],
)
def test_each_way_of_nesting_is_a_level(within: Callable[[Any], Any], levels: int) -> None:
    parse_filter(within(nested(levels, {})), CASES)
    with pytest.raises(Invalid, match="deeper than 32 levels"):
        parse_filter(within(nested(levels + 1, {})), CASES)


@pytest.mark.parametrize(("levels", "is_taken"), [(31, True), (32, False)])
def test_a_whole_condition_in_a_templates_place_has_as_many_levels(levels: int, is_taken: bool) -> None:
    raw = {"attributes": nested(levels, {})}
    if is_taken:
        parse_condition(raw, CASES)
    else:
        with pytest.raises(Invalid, match="deeper than 32 levels"):
            parse_condition(raw, CASES)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (
            {"attributes": {"data.A": {"$eq": 1}}},
            "“data.A” must read data.<key> or forms.<count> or steps.<key>.status.",
        ),
        ({"attributes": {"data": {"$eq": 1}}}, "There is no attribute “data”;"),
        ({"attributes": {"dat.a": {"$eq": 1}}}, "There is no attribute “dat.a”;"),
        ({"attributes": {"titel": {"$eq": "x"}}}, "There is no attribute “titel”; did you mean “title”?"),
        ({"relationships": {"ownr": {"attributes": {}}}}, "There is no relationship “ownr”; did you mean “owner”?"),
        ({"relationships": {"zzz": {"attributes": {}}}}, "There is no relationship “zzz”; known are "),
        ({"attribute": {}}, "There is no member “attribute”; did you mean “attributes”?"),
        ({"zzz": {}}, "There is no member “zzz”; known are attributes, relationships, $and"),
        ({"attributes": {"title": {"$eqq": "x"}}}, "There is no operator “$eqq”; did you mean “$eq”?"),
        ({"attributes": {"title": {"zzz": "x"}}}, "There is no operator “zzz”; known are "),
    ],
)
def test_what_is_not_known_is_said_with_what_is_nearest(raw: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_filter(raw, CASES)
    (problem,) = refusal.value.problems
    assert says in str(problem.message)


def test_conditions_that_say_the_same_are_equal() -> None:
    one, other = (parse_condition({"status": {"$in": ["x", "y"]}}, CASES) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("start", ["x", "data."])
def test_a_long_unknown_name_is_quoted_in_part(start: str) -> None:
    whole = start + "X" * (200 - len(start))
    for name, quoted in ((whole, whole), (whole + "X", whole[:-1] + "…")):
        with pytest.raises(Invalid) as refusal:
            parse_condition({name: {"$eq": 1}}, CASES)
        assert f"“{quoted}”" in str(refusal.value.problems[0].message)


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_filter({"attributes": {"statu": {"$eq": 1}, "title": {"$lik": 1}}, "relationship": {}}, CASES)
    assert len(refusal.value.problems) == 3
    assert {each.parameter for each in refusal.value.problems} == {"filter"}
    assert "“status”?" in refusal.value.problems[0].detail


def test_the_place_in_a_filter_is_said_at_its_root_too() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_filter([], CASES)
    assert refusal.value.problems[0].detail.endswith("(at / of the filter)")
    with pytest.raises(Invalid) as refusal:
        parse_filter({"attributes": {"title": {"$lik": 1}}}, CASES)
    assert refusal.value.problems[0].detail.endswith("(at /attributes/title/$lik of the filter)")


def test_depth_and_size_are_bounded() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"$not": deep}
    wide = {"$or": [{"status": {"$eq": str(n)}} for n in range(300)]}
    for raw in (deep, wide, {"status": {"$in": ["x"] * 1001}}):
        with pytest.raises(Invalid):
            parse_condition(raw, CASES)


def test_condition_names_the_attributes_it_reads() -> None:
    raw = {
        "attributes": {"data.n": {"$gt": 1}, "$not": {"status": {"$ne": "x"}}},
        "relationships": {"owner": {"attributes": {"email": {"$eq": "x"}}}},
    }
    assert parse_condition(raw, CASES).names() == {"data.n", "status", "owner.email"}
