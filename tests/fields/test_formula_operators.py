"""Formulas of JSON operators: the same values as the texts that say the same, and what is refused with its place."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.fields import parse_fields, program
from dossier.fields.designing import option_shown, options_typed
from tests.fields.test_computed import DATA, OTHERS, made
from tests.world import Api, errors, values


def refused(formula: Any, result: str = "number") -> str:
    """What publishing says of a formula."""
    field = {"key": "k", "type": "computed", "name": "K", "formula": formula, "result": result}
    fields, problems = parse_fields([*OTHERS, field], "/schema")
    if problems:
        (problem,) = problems
        assert problem.pointer == "/schema/10/formula"
        return problem.detail
    ((key, message),) = program(fields)[1]
    assert key == "k"
    return str(message)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ({"$mul": ["data.amount", Decimal("0.21")]}, "2.625"),
        ({"$sum": [Decimal("0.1"), Decimal("0.2")]}, "0.3"),
        ({"$div": [1, 3]}, "0." + "3" * 34),
        ({"$sub": [10, {"$mul": ["data.rate", 2, 3]}]}, "-8"),
        ({"$round": [{"$mul": ["data.amount", Decimal("0.21")]}, 2]}, "2.63"),
        ({"$round": Decimal("2.5")}, "3"),
        ({"$sum": "data.lines.price"}, "3.1"),
        ({"$sum": ["data.lines.price", "data.amount", "data.rate"]}, "18.6"),
        ({"$min": ["data.amount", "data.rate"]}, "3"),
        ({"$max": ["data.lines.price"]}, "2"),
        ({"$count": ["data.lines.price"]}, "2"),
        ({"$count": ["data.who", "data.amount", "data.nobody"]}, None),
        ({"$sub": ["data.seen", "data.born"]}, "9497"),
        ({"$if": [{"data.young": {"$eq": True}}, "data.amount", 0]}, "12.5"),
        ({"$if": [{"data.rate": {"$gt": 5}}, 1, {"$if": [{"data.who": {"$defined": True}}, 2, 3]}]}, "2"),
        ({"$sum": ["data.2nd", 1]}, "8"),
        ({"$div": [1, 0]}, None),
    ],
)
def test_what_operators_mean(formula: Any, value: str | None) -> None:
    if "data.nobody" in str(formula):
        assert "there is no field “nobody”" in refused(formula)
        return
    found = made(formula)
    assert (found if value is None else Decimal(found)) == (value if value is None else Decimal(value))


def test_texts_and_days() -> None:
    assert made({"$if": [{"data.young": {"$eq": True}}, "a minor", "of age"]}, "text") == "a minor"
    assert made({"$if": [{"data.young": {"$eq": False}}, "a minor"]}, "text") is None
    assert made({"$max": ["data.lines.day"]}, "date") == "2026-01-02"
    assert made({"$sub": ["data.seen", 1]}, "date") == "2026-02-28"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ({"$total": [1]}, "at /: there is no operator “$total”"),
        ({"$sum": [1], "$mul": [1, 2]}, "at /: an object in a formula has one operator"),
        ({"$sum": [1, {"$mul": [1]}]}, "at /$sum/1/$mul: it takes 2"),
        ({"$sum": []}, "at /$sum: it takes at least one value"),
        ({"$sum": ["data.nothing"]}, "at /$sum/0: there is no field “nothing”"),
        ({"$sum": ["data.some"]}, "at /$sum/0: the field “some” has no value"),
        ({"$sum": ["data.who"]}, "at /$sum/0: this must be a number, not a text"),
        ({"$mul": ["data.lines.price", 2]}, "at /$mul/0: a column is many values"),
        ({"$if": [{"data.rate": {"$bigger": 1}}, 1, 2]}, "at /$if/0/data.rate/$bigger: There is no operator “$bigger”"),
        ({"$if": [{"data.x": {"$eq": 1}}, 1, 2]}, "at /$if/0: there is no field “x”"),
        ({"$if": [{"status": {"$eq": 1}}, 1, 2]}, "at /$if/0/status"),
        ({"$if": [{}, 1, "x"]}, "at /$if/2: this must be a number, not a text"),
        ({"$if": [{}]}, "at /$if: it takes 2 to 3 values"),
        ({"$round": [1, 21]}, "at /$round/1: decimals are a number from 0 to 20"),
        ({"$sum": [None]}, "at /$sum/0: this has no meaning"),
        ({"$sum": [1] * 201}, "parts"),
        ({"$if": [{}, "x", "y"]}, "it makes a text"),
        ({}, "must not be empty"),
        (5, "must be a text or an object"),
    ],
)  # fmt: skip
def test_what_is_refused(formula: Any, said: str) -> None:
    assert said in refused(formula)


def test_nested_too_deep() -> None:
    formula: Any = 1
    for _ in range(60):
        formula = {"$sum": [formula]}
    assert "nested deeper" in refused(formula)


@given(st.decimals(-(10**6), 10**6, places=2), st.decimals(-(10**6), 10**6, places=2), st.integers(0, 4))
def test_operators_are_the_functions(amount: Decimal, rate: Decimal, decimals: int) -> None:
    data = DATA | {"amount": amount, "rate": rate}
    pairs: list[tuple[Any, str]] = [
        ({"$round": [{"$mul": ["data.amount", "data.rate"]}, decimals]}, f"round(amount * rate, {decimals})"),
        ({"$div": [{"$sub": ["data.amount", "data.rate"]}, 7]}, "(amount - rate) / 7"),
        ({"$if": [{"data.amount": {"$gt": 0}}, {"$min": ["data.amount", "data.rate"]}, 0]}, "min(amount, rate) if amount > 0 else 0"),
        ({"$sum": ["data.lines.price", "data.rate"]}, "sum(lines.price, rate)"),
    ]  # fmt: skip
    for operators, text in pairs:
        assert made(operators, data=data) == made(text, data=data)


def computed(key: str, formula: Any) -> dict[str, Any]:
    return {"key": key, "type": "computed", "name": key, "formula": formula, "result": "number"}


def test_a_case_follows_it(api: Api, make_template: Any, make_case: Any) -> None:
    fields = [
        {"key": "net", "type": "number", "name": "Net"},
        computed("tax", {"$round": [{"$mul": ["data.net", Decimal("0.21")]}, 2]}),
    ]
    wire = [fields[0], computed("tax", {"$round": [{"$mul": ["data.net", 0.21]}, 2]}), computed("gross", {"$sum": ["data.net", "data.tax"]})]  # fmt: skip
    template = make_template(schema=wire)
    case = make_case(template={"id": template["id"]})
    updated = api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"net": 10.1}})
    assert values(updated) == {"net": 10.1, "tax": 2.12, "gross": 12.22}
    document = api.json("GET", f"/v1/case_templates/{template['id']}/document")["document"]
    assert document["schema"] == wire


def test_circles_are_refused_also_among_both_kinds(api: Api) -> None:
    circle = [computed("a", {"$sum": ["data.b", 1]}), computed("b", "a + 1")]
    refusal = api.post("/v1/case_templates", json={"title": "T", "schema": circle})
    assert errors(refusal) == {"/schema/0/formula": "invalid_formula", "/schema/1/formula": "invalid_formula"}
    assert "a → b → a" in refusal.text
    form = {
        "title": "T",
        "pages": [{"key": "p", "title": "P", "elements": [{**each, "label": "x"} for each in circle]}],
    }
    for element in form["pages"][0]["elements"]:  # type: ignore[index]
        element.pop("name")
    at = "/pages/0/elements"
    assert errors(api.post("/v1/form_templates", json=form)) == {
        f"{at}/0/formula": "invalid_formula",
        f"{at}/1/formula": "invalid_formula",
    }


def test_a_designer_types_and_sees_it() -> None:
    typed = options_typed([("formula", '{"$sum": ["data.net", 0.5]}'), ("result", "number")], "computed")
    assert typed["formula"] == {"$sum": ["data.net", Decimal("0.5")]}
    assert option_shown(typed, "formula") == '{"$sum":["data.net",0.5]}'
    assert options_typed([("formula", "{broken")], "computed")["formula"] == "{broken", (
        "what is wrong is said when it is checked"
    )
    assert options_typed([("formula", "net + 1")], "computed")["formula"] == "net + 1"
