"""Formulas: what they mean on exact values, what is refused at publishing, and how a case follows them."""

import warnings
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.fields import parse_fields, program
from dossier.fields.formula import FormulaError, parse
from tests.fields.support import AB, definition, pointers
from tests.world import Api, Browser, World, errors, values

OTHERS = [
    {"key": "amount", "type": "currency", "name": "Amount"},
    {"key": "rate", "type": "number", "name": "Rate"},
    {"key": "born", "type": "date", "name": "Born"},
    {"key": "seen", "type": "date", "name": "Seen"},
    {"key": "who", "type": "text", "name": "Who"},
    {"key": "young", "type": "checkbox", "name": "Young"},
    {"key": "cover", "type": "choices", "name": "Cover", "options": AB},
    {"key": "some", "type": "multiple_choice", "name": "Some", "options": AB},
    {"key": "2nd", "type": "number", "name": "Second"},
    {"key": "lines", "type": "table", "name": "Lines", "columns": [
        {"key": "price", "type": "currency", "name": "Price"}, {"key": "what", "type": "text", "name": "What"}, {"key": "day", "type": "date", "name": "Day"}]},
]  # fmt: skip
DATA: dict[str, Any] = {
    "amount": Decimal("12.50"), "rate": 3, "born": "2000-02-29", "seen": "2026-03-01", "who": "Eve", "young": True, "cover": "a", "some": ["a"], "2nd": 7,
    "lines": [{"price": Decimal("1.10"), "what": "x", "day": "2026-01-02"}, {"price": 2}, {"what": "z", "day": "2025-12-31"}],
}  # fmt: skip


def made(formula: str, result: str = "number", data: dict[str, Any] = DATA, **options: Any) -> Any:
    field = {"key": "k", "type": "computed", "name": "K", "formula": formula, "result": result, **options}
    fields, problems = parse_fields([*OTHERS, field], "/schema")
    assert problems == []
    found, wrong = program(fields)
    assert wrong == []
    return found.values(data)["k"]


def test_what_python_would_warn_of_has_a_meaning_here() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made(r'concat("\d", who)', "text") == r"\dEve"


def wrong(formula: str, result: str = "number") -> str:
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
        ("amount * 0.21", "2.625"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0." + "3" * 34),
        ("2 / 3", "0." + "6" * 33 + "7"),
        ("9007199254740993.01 + 0", "9007199254740993.01"),
        ("-rate + 10 - 2 * 3", "1"),
        ("(1 + 2) * 3", "9"),
        ("round(amount * 0.21, 2)", "2.63"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("abs(1 - rate)", "2"),
        ("sum(lines.price)", "3.1"),
        ("sum(lines.price, amount, rate)", "18.6"),
        ("min(amount, rate)", "3"),
        ("max(lines.price)", "2"),
        ("count(lines.price)", "2"),
        ("count(who, amount)", "2"),
        ("seen - born", "9497"),
        ("years(born, seen)", "26"),
        ('years(born, date("2026-02-28"))', "25"),
        ("year(seen) * 100 + month(seen) + day(seen)", "202604"),
        ("amount if young else 0", "12.5"),
        ('1 if rate > 2 and not young or who == "Eve" else 2', "1"),
        ("1 if 1 < rate <= 3 else 2", "1"),
        ("1 if cover == 'a' else 2", "1"),
        ('field("2nd") + 1', "8"),
        ("amount\n  * 2", "25"),
        ("coalesce(rate, 1)", "3"),
    ],
)
def test_numbers_are_exact(formula: str, value: str) -> None:
    assert made(formula) == Decimal(value)


@pytest.mark.parametrize(
    ("formula", "result", "value"),
    [
        ("seen + 30", "date", "2026-03-31"),
        ("seen - 1", "date", "2026-02-28"),
        ("max(born, seen)", "date", "2026-03-01"),
        ("min(lines.day)", "date", "2025-12-31"),
        ("concat(who, ': ', amount, ' ', seen)", "text", "Eve: 12.5 2026-03-01"),
        ("who if young else ''", "text", "Eve"),
        ("born < seen", "checkbox", True),
        ("not young", "checkbox", False),
        ("empty(who)", "checkbox", False),
        ("who != 'Eve'", "checkbox", False),
    ],
)
def test_dates_texts_and_yes_or_no(formula: str, result: str, value: Any) -> None:
    assert made(formula, result) == value


@pytest.mark.parametrize(
    ("formula", "result", "value"),
    [
        ("amount * 2", "number", None),
        ("sum(lines.price)", "number", 0),
        ("max(lines.price)", "number", None),
        ("sum(amount, 3)", "number", 3),
        ("coalesce(amount, rate, 5)", "number", 5),
        ("count(who)", "number", 0),
        ("concat(who, '!')", "text", "!"),
        ("amount > 1", "checkbox", False),
        ("not (amount > 1)", "checkbox", True),
        ("young or amount != 1", "checkbox", True),
        ("empty(lines.price)", "checkbox", True),
        ("seen + 1", "date", None),
        ("1 if young else 2", "number", 2),
    ],
)
def test_what_is_missing(formula: str, result: str, value: Any) -> None:
    """Nothing comes of nothing in arithmetic; functions over many leave it out; a comparison with nothing is false."""
    assert made(formula, result, {}) == value


@pytest.mark.parametrize(
    "formula", ["1 / (rate - 3)", "1" + "0" * 30 + " * 1" + "0" * 30, "rate / 1" + "0" * 40 + " / 1000"]
)
def test_what_no_field_can_hold_is_nothing(formula: str) -> None:
    assert made(formula) is None


def test_a_day_beyond_the_calendar_is_nothing() -> None:
    assert made("seen + 9999999", "date") is None
    assert made("seen - 99999999999999999999", "date") is None


@pytest.mark.parametrize(("formula", "length"), [("who", 10_001), ("concat(who, who)", 5_001)])
def test_texts_do_not_multiply(formula: str, length: int) -> None:
    """A long text that a hundred fields take from one would make the case a hundred times as large."""
    assert made(formula, "text", {"who": "x" * length}) is None
    assert made(formula, "text", {"who": "x" * (length - 1)}) == "x" * 10_000


def test_a_value_of_another_type_is_nothing() -> None:
    """An older definition may have let in something else."""
    data = {"amount": "12", "rate": True, "seen": "soon", "lines": [{"price": "1"}, {"price": 1}]}
    assert [made("amount + 1", data=data), made("rate + 1", data=data), made("seen + 1", "date", data)] == [None] * 3
    assert made("sum(lines.price)", data=data) == 1


def test_decimals_round_half_up() -> None:
    assert str(made("rate / 8", decimals=2)) == "0.38"
    assert str(made("amount * 2", decimals=2)) == "25.00"
    assert str(made("-rate / 8", decimals=2)) == "-0.38"


def test_computed_fields_look_at_one_another_in_any_order() -> None:
    fields = [
        {"key": "total", "type": "computed", "name": "T", "formula": "net + tax", "result": "number"},
        {"key": "tax", "type": "computed", "name": "X", "formula": "net * 0.21", "result": "number"},
        {"key": "net", "type": "computed", "name": "N", "formula": "amount * 2", "result": "number"},
    ]
    found, problems = program(parse_fields([*OTHERS, *fields], "")[0])
    assert problems == []
    assert found.values(DATA) == {"net": 25, "tax": Decimal("5.25"), "total": Decimal("30.25")}


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("amount +", "at character 9: this cannot be read"),
        ("", "must not be empty"),
        ("amont + 1", "at character 1: there is no field “amont”. Did you mean “amount”?"),
        ("1 + who", "at character 1: “+” cannot take a number and a text; use concat for texts."),
        ("rate + (born - seen) + seen", "at character 1: “+” cannot take a number and a date."),
        ("sum(who)", "at character 5: this must be a number, not a text."),
        ("sume(1)", "at character 1: there is no function “sume”. Did you mean “sum”?"),
        ("sum()", "“sum” takes something in its brackets."),
        ("lines + 1", "at character 1: the field “lines” has no value that a formula could use."),
        ("some", "the field “some” has no value"),
        ("lines.price", "at character 1: a column is many values; use sum, min, max or count."),
        ("lines.nothing", "there is no field “lines.nothing”."),
        ("who", "it makes a text, and “result” says number."),
        ("1 if rate else 2", "at character 6: this must be a yes or no, not a number."),
        ("1 if young else who", "at character 17: this must be a number, not a text."),
        ("rate == who", "at character 9: a number cannot be compared with a text."),
        ("rate ** 9", "there are + - * /"),
        ("rate % 2", "there are + - * /"),
        ("round(rate, 99)", "a number from 0 to 20"),
        ("round(rate, rate)", "a number from 0 to 20"),
        ("date('2026-02-30')", "takes a day in quotes"),
        ("field(who)", "the key of a field in quotes"),
        ("years(born)", "“years” takes 2 values in its brackets."),
        ("1e999", "this is no number: 1e999"),
        ("1_000", "this is no number: 1_000"),
        ("0x10", "this is no number: 0x10"),
        ("é + amont", "at character 1: there is no field “é”"),
        ("who.upper()", "at character 1: this has no meaning in a formula: who.upper()"),
        ("__import__('os')", "there is no function “__import__”"),
        ("lambda: 1", "this has no meaning in a formula"),
        ("[x for x in lines]", "this has no meaning in a formula"),
        ("(rate := 2)", "this has no meaning in a formula"),
        ("f'{rate}'", "this has no meaning in a formula"),
        ("rate[0]", "this has no meaning in a formula"),
        ("None", "this is no number: None"),
        ("b'x'", "this is no number"),
        ("1, 2", "this has no meaning in a formula"),
        ("sum(*lines)", "this has no meaning in a formula"),
        ("round(number=1)", "this has no meaning in a formula"),
        ("1 is 1", "this comparison has no meaning in a formula."),
        ("'\\0' == who", "must not contain NUL"),
        ("k + 1", "it looks at itself: k → k."),
        ("(" * 300 + "1" + ")" * 300, "this cannot be read"),
        ("-" * 1500 + "1", "at character 1:"),
        ("+".join(["1"] * 60), "it is nested deeper than 50"),
        ("sum(" + ",".join(["1"] * 300) + ")", "parts; 200 at most"),
        ("x" * 2001, "at most 2000 characters"),
    ],
)  # fmt: skip
def test_publishing_says_what_is_wrong_and_where(formula: str, says: str) -> None:
    assert says in wrong(formula)


@pytest.mark.parametrize("formula", ["{}", "{}(1)"])
def test_a_long_unknown_name_is_quoted_in_part(formula: str) -> None:
    whole, longer = "x" * 200, "x" * 201
    assert f"“{whole}”" in wrong(formula.format(whole))
    assert f"“{whole[1:]}…”" in wrong(formula.format(longer))


def test_circles_are_refused_with_the_way_round() -> None:
    fields = [
        {"key": key, "type": "computed", "name": key, "formula": f"{other} + 1", "result": "number"}
        for key, other in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    found, problems = program(parse_fields(fields, "")[0])
    assert found.steps == ()
    assert [(key, str(message)) for key, message in problems] == [
        ("a", "it looks at itself: a → b → c → a."),
        ("b", "it looks at itself: b → c → a → b."),
        ("c", "it looks at itself: c → a → b → c."),
    ]


def test_all_formulas_together_have_an_end() -> None:
    long = "sum(" + ",".join(["1"] * 190) + ")"
    fields = [{"key": f"f{n}", "type": "computed", "name": "F", "formula": long, "result": "number"} for n in range(11)]
    assert "a template has 2000 parts in all formulas together at most" in str(
        program(parse_fields(fields, "")[0])[1][0][1]
    )
    small = [{"key": f"f{n}", "type": "computed", "name": "F", "formula": "1", "result": "number"} for n in range(101)]
    assert "100 computed fields at most" in str(program(parse_fields(small, "")[0])[1][0][1])


@given(st.text(max_size=60) | st.text("abc.(),+-*/<>=!\"'0123456789 \nandornotifelse", max_size=60))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    with suppress(FormulaError):
        assert parse(text).nodes > 0


def test_bad_options_are_pointed_at() -> None:
    assert pointers(definition("computed", result="money")) == {"/schema/0/result": "invalid_value"}
    assert pointers(definition("computed", default=1)) == {"/schema/0/default": "invalid_value"}


# ---- a case ----

SCHEMA = [
    {"key": "net", "type": "currency", "name": "Net", "currency": "EUR"},
    {"key": "factor", "type": "number", "name": "Factor", "default": 2},
    {"key": "tax", "type": "computed", "name": "Tax", "formula": "round(net * 0.21, 2)", "result": "number", "decimals": 2, "suffix": "€", "indexed": True},
    {"key": "due", "type": "computed", "name": "Due", "formula": "(net + tax) * factor", "result": "number"},
    {"key": "many", "type": "computed", "name": "Many", "formula": "due > 100", "result": "checkbox"},
]  # fmt: skip
STATUSES = [
    {
        "key": "dear",
        "label": "Dear",
        "parent_status": "in_progress",
        "when": {"condition": {"data.many": {"$eq": True}}},
    }
]


@pytest.fixture
def template(make_template: Any) -> dict[str, Any]:
    return make_template(title="Sums", schema=SCHEMA, statuses=STATUSES)  # type: ignore[no-any-return]


@pytest.fixture
def case(make_case: Any, template: Any) -> dict[str, Any]:
    return make_case(template={"id": template["id"]}, schema=[{"key": "net", "value": 10}])  # type: ignore[no-any-return]


def change(api: Api, case: Any, **data: Any) -> dict[str, Any]:
    return api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})  # type: ignore[no-any-return]


def test_a_new_case_has_its_values(case: dict[str, Any]) -> None:
    assert values(case) == {"net": 10, "factor": 2, "tax": 2.1, "due": 24.2, "many": False}


def test_a_change_recomputes_in_the_same_entry(api: Api, case: dict[str, Any]) -> None:
    """One change, one version: what follows is part of it, and transitions look at it."""
    before = api.json("GET", f"/v1/cases/{case['id']}/history")["meta"]["total_count"]
    changed = change(api, case, net=100)
    assert values(changed) == {"net": 100, "factor": 2, "tax": 21, "due": 242, "many": True}
    assert changed["status"] == "dear"
    history = api.json("GET", f"/v1/cases/{case['id']}/history")
    assert history["meta"]["total_count"] == before + 2, "the change and the transition"
    assert set(history["data"][1]["changes"]) == {"net", "tax", "due", "many"}
    receipt = api.json("POST", f"/v1/cases/{case['id']}/data?dry_run=true", json={"data": {"net": None}})
    assert values(receipt) == {"net": None, "factor": 2, "tax": None, "due": None, "many": False}


def test_an_equal_value_changes_nothing(api: Api, case: dict[str, Any]) -> None:
    assert change(api, case, net=10.0)["updated_at"] == case["updated_at"]


@pytest.mark.parametrize("value", [5, None, "x"])
def test_nobody_sets_it(api: Api, case: dict[str, Any], value: Any) -> None:
    answer = api.post(f"/v1/cases/{case['id']}/data", json={"data": {"tax": value, "net": 11}})
    assert (answer.status_code, errors(answer)) == (400, {"/data/tax": "read_only_field"})
    assert "“tax” cannot be set: it is computed from other fields." in answer.text
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["net"] == 10


def test_nobody_sets_it_in_a_new_case(api: Api, template: dict[str, Any]) -> None:
    body = {"title": "T", "template": {"id": template["id"]}, "schema": [{"key": "tax", "value": 5}]}
    assert errors(api.post("/v1/cases", json=body)) == {"/schema/0/value": "read_only_field"}


def test_a_case_has_no_computed_field_of_its_own(api: Api, template: dict[str, Any]) -> None:
    own = {"key": "own", "type": "computed", "name": "O", "formula": "net", "result": "number"}
    body = {"title": "T", "template": {"id": template["id"]}, "schema": [own]}
    assert errors(api.post("/v1/cases", json=body)) == {"/schema/0/type": "invalid_value"}


def test_undo_takes_back_what_it_follows_from(api: Api, case: dict[str, Any]) -> None:
    """A later change of another field that it follows from stands in nobody's way."""
    change(api, case, net=20)
    first = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]["id"]
    change(api, case, factor=1)
    undone = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": first})
    assert values(undone) == {"net": 10, "factor": 1, "tax": 2.1, "due": 12.1, "many": False}


def test_many_cases_at_once(api: Api, case: dict[str, Any]) -> None:
    answer = api.json("POST", "/v1/cases/data", json={"cases": [{"id": case["id"], "data": {"net": 1}}]})
    assert answer["results"][0]["changed"]["due"] == {"old": 24.2, "new": 2.42}


def test_as_of_a_time_it_is_what_it_was(api: Api, case: dict[str, Any]) -> None:
    changed = change(api, case, net=20)
    change(api, case, net=30)
    then = api.json("GET", f"/v1/cases/{case['id']}", params={"at": changed["updated_at"]})
    assert values(then) == values(changed)


def test_it_is_filtered(api: Api, case: dict[str, Any], make_case: Any, template: dict[str, Any]) -> None:
    make_case(template={"id": template["id"]}, schema=[{"key": "net", "value": 100}])
    for key, operand, count in (("tax", {"$lt": 3}, 1), ("due", {"$gt": 24.2}, 1), ("many", {"$eq": True}, 1)):
        found = api.json("GET", "/v1/cases/count", params={"filter": f'{{"attributes":{{"data.{key}":{str(operand).replace(chr(39), chr(34)).replace("True", "true")}}}}}'})  # fmt: skip
        assert found["count"] == count, key


def test_publishing_is_refused_with_the_place(api: Api) -> None:
    bad = [*SCHEMA[:2], SCHEMA[2] | {"formula": "nett * 2"}, SCHEMA[3]]
    answer = api.post("/v1/case_templates", json={"title": "T", "schema": bad})
    assert errors(answer) == {"/schema/2/formula": "invalid_formula"}
    assert "“formula” of “tax”: at character 1: there is no field “nett”. Did you mean “net”?" in answer.text


def test_people_read_it_and_cannot_type_it(world: World, api: Api, case: dict[str, Any], workspace: Any) -> None:
    """The page, a filter by rows, the export; and a refusal in French."""
    browser: Browser = world.browser(world.member(workspace, f"c-{workspace.slug}@example.org", "administrator"))
    page = browser.get(f"/workspace/cases/{case['id']}").text
    assert "Tax" in page
    assert 'id="field-tax"' not in page
    assert ">2.1</div>" in page
    assert "Tax" in page
    found = browser.get("/workspace/cases", params={"a": "data.due", "o": "gt", "v": "20"}).text
    assert case["reference"] in found
    assert "10,2,2.10,24.2,No" in browser.get("/workspace/cases/export.csv").text
    refused = browser.send_form(f"/workspace/cases/{case['id']}/fields/tax", value="5")
    assert refused.status_code == 400
    assert "“Tax” cannot be set: it is computed from other fields." in refused.text


def test_a_case_moved_to_a_version_with_a_formula_computes_it(
    world: World, api: Api, make_template: Any, make_case: Any, workspace: Any
) -> None:
    old = make_template(title="T", schema=SCHEMA[:2])
    case = make_case(template={"id": old["id"]}, schema=[{"key": "net", "value": 10}])
    api.json("PUT", f"/v1/case_templates/{old['id']}", json={"title": "T", "schema": SCHEMA})
    browser = world.browser(world.member(workspace, f"m-{workspace.slug}@example.org", "administrator"))
    moved = browser.send_form(f"/workspace/cases/{case['id']}/template", template_version=2, status="draft", version=2)
    assert moved.status_code == 200
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["due"] == 24.2
    api.json("PUT", f"/v1/case_templates/{old['id']}", json={"title": "T", "schema": SCHEMA[:2]})
    browser.send_form(f"/workspace/cases/{case['id']}/template", template_version=3, status="draft", version=3)
    kept = change(api, case, net=20)
    assert values(kept)["due"] == 24.2, "a field that the template dropped keeps its value"
    assert errors(api.post(f"/v1/cases/{case['id']}/data", json={"data": {"due": 1}})) == {
        "/data/due": "read_only_field"
    }
