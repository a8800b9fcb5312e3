"""Whatever any door takes, every reader shows: all doors, all readers, the most awkward values of every type."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import psycopg
import pytest

from dossier.foundation import json as exact_json
from tests.many import MANY, some
from tests.world import Api, Browser, World, values

pytestmark = pytest.mark.long

OPTIONS = [{"value": "a", "label": "A"}, {"value": "é b", "label": "É"}]
COLUMNS = [{"key": "n", "type": "number", "name": "N"}, {"key": "d", "type": "date", "name": "D"}]
SCHEMA = [
    {"key": "num", "type": "number", "name": "Num"},
    {"key": "yen", "type": "currency", "name": "Yen", "currency": "JPY"},
    {"key": "dinar", "type": "currency", "name": "Dinar", "currency": "KWD"},
    {"key": "eur", "type": "currency", "name": "Eur", "currency": "EUR"},
    {"key": "day", "type": "date", "name": "Day"},
    {"key": "line", "type": "text", "name": "Line"},
    {"key": "lines", "type": "text", "name": "Lines", "multiline": True},
    {"key": "yes", "type": "checkbox", "name": "Yes"},
    {"key": "one", "type": "choices", "name": "One", "options": OPTIONS},
    {"key": "some", "type": "multiple_choice", "name": "Some", "options": OPTIONS},
    {"key": "table", "type": "table", "name": "Table", "columns": COLUMNS},
    {"key": "land", "type": "country", "name": "Land"},
    {"key": "home", "type": "address", "name": "Home"},
    {"key": "mail", "type": "email", "name": "Mail"},
    {"key": "tel", "type": "phone", "name": "Tel", "country": "BE"},
    {"key": "bank", "type": "iban", "name": "Bank"},
]
FIELDS: dict[Any, dict[str, Any]] = {each["key"]: each for each in SCHEMA}

# Key → what may be sent as JSON, written out; a value that the contract refuses is refused everywhere.
AWKWARD = {
    "num": ["1e26", "0e-99999", "-0e-99999", "0e99", "1e40", "1e-40", "-0.0", "9007199254740993.01", "1" + "0" * 40, "1e41", "1e9999", "1e-41", "9" * 35, "NaN"],
    "yen": ["10", "10.5", "1e26", "1e40"],
    "dinar": ["1.234", "1.2345"],
    "eur": ["1e26", "0.01", "0.001", "9999999999999999999999999999999999"],
    "day": ['"0001-01-01"', '"9999-12-31"', '"2026-02-30"', '"10000-01-01"', '"2026-2-3"'],
    "line": ['"=1+1"', '"\\u2028"', '"a\\u000bb"', '"\\u001b[31m"', '"\\u202e abc"', '"<script>"', '"{{ 7*7 }}"', '"%(x)s"', '"' + "x" * 5000 + '"'],
    "lines": ['"a\\nb\\r\\nc"', '"\\u0085"', '"\\ufeff"', '"🏳️‍🌈"'],
    "yes": ["true", "false"],
    "one": ['"é b"', '"c"'],
    "some": ['["a", "é b"]', '["a", "a"]'],
    "table": ['[{"n": 1e26, "d": "0001-01-01"}]', '[{"n": 1e9999}]', "[]"],
    "land": ['"BE"', '"XX"'],
    "mail": ['"用户@例え.jp"', '"a@b"', '"=cmd@mail.example"', '" a@mail.example "'],
    "tel": ['"0470 12 34 56"', '"+32470123456"', '"hello"', '"٠٤٧٠١٢٣٤٥٦"'],
    "bank": ['"be68 5390 0754 7034"', '"BE68"', '""'],
    "home": ['{"street": "=1", "country": "BE"}', '{"city": "\\u202e"}'],
}  # fmt: skip
# The first of every key, the second of every key, …: a case takes a row, so that readers read many values at once.
ROWS = [
    {key: literals[number] for key, literals in AWKWARD.items() if number < len(literals)}
    for number in range(max(map(len, AWKWARD.values())))
]
Row = dict[str, str]


@pytest.fixture
def house(world: World) -> Any:
    """A workspace, a program and a handler."""
    workspace = world.workspace()
    api = world.client(world.token(workspace))
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": SCHEMA})["id"]
    browser = world.browser(world.member(workspace, f"doors-{workspace.slug}@example.org", "administrator"))
    return api, browser, template


def sent(api: Api, method: str, path: str, body: str) -> Any:
    return api.request(method, path, content=body.encode(), headers={"Content-Type": "application/json"})


def by_create(api: Api, _: Browser, template: str, row: Row) -> tuple[str, Row]:
    """Each alone, as a rehearsal; then all that were taken, together."""

    def create(values: Row, query: str = "") -> Any:
        schema = ", ".join(f'{{"key": "{key}", "value": {literal}}}' for key, literal in values.items())
        body = f'{{"title": "T", "template": {{"id": "{template}"}}, "schema": [{schema}]}}'
        return sent(api, "POST", f"/v1/cases{query}", body)

    taken = {key: row[key] for key in row if took(create({key: row[key]}, "?dry_run=true"))}
    return create(taken).raise_for_status().json()["id"], taken


def by_update(api: Api, _: Browser, template: str, row: Row) -> tuple[str, Row]:
    case = blank(api, template)

    def update(key: str) -> bool:
        return took(sent(api, "POST", f"/v1/cases/{case}/data", f'{{"data": {{"{key}": {row[key]}}}}}'))

    return case, {key: row[key] for key in row if update(key)}


def by_bulk(api: Api, _: Browser, template: str, row: Row) -> tuple[str, Row]:
    case = blank(api, template)

    def update(key: str) -> bool:
        body = f'{{"cases": [{{"id": "{case}", "data": {{"{key}": {row[key]}}}}}]}}'
        answer = sent(api, "POST", "/v1/cases/data", body)
        return bool(took(answer) and answer.json()["results"][0]["status"] == 200)

    return case, {key: row[key] for key in row if update(key)}


def by_form(api: Api, browser: Browser, template: str, row: Row) -> tuple[str, Row]:
    case = blank(api, template)

    def save(key: str) -> bool:
        try:
            value = exact_json.decode(row[key].encode())
        except exact_json.Invalid:
            value = row[key]
        return took(browser.send_form(f"/workspace/cases/{case}/fields/{key}", **_inputs(value)))

    return case, {key: row[key] for key in row if save(key)}


def by_default(api: Api, _: Browser, template: str, row: Row) -> tuple[str, Row]:
    def publish(values: Row) -> Any:
        schema = ", ".join(f'{json.dumps(FIELDS[key])[:-1]}, "default": {values[key]}}}' for key in values)
        return sent(api, "POST", "/v1/case_templates", f'{{"title": "D", "schema": [{schema}]}}')

    taken = {
        key: row[key] for key in row if key != "table" and took(publish({key: row[key]}))
    }  # tables have no default
    return blank(api, publish(taken).raise_for_status().json()["id"]), taken


def _inputs(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {f"value.{part}": text for part, text in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {f"cell.{row}.{key}": str(cell) for row, cells in enumerate(value) for key, cell in cells.items()}
    texts = [
        str(each).lower() if isinstance(each, bool) else str(each)
        for each in (value if isinstance(value, list) else [value])
    ]
    return {"value": texts}


DOORS: dict[str, Callable[..., tuple[str, Row]]] = {
    "create": by_create, "update": by_update, "bulk": by_bulk, "form": by_form, "default": by_default,
}  # fmt: skip


def took(answer: Any) -> bool:
    """Whether the door took it. It may refuse, and say so; it may not break."""
    assert answer.status_code < 500, answer.text
    return bool(answer.status_code < 400)


def blank(api: Api, template: str) -> str:
    return str(api.json("POST", "/v1/cases", json={"title": "T", "template": {"id": template}})["id"])


def show(api: Api, browser: Browser, *cases: str) -> None:
    """Every reader answers, and shows the cases; those of one case first."""
    for case in cases:
        show_alone(api, browser, case)
    show_together(api, browser, set(cases))


def show_alone(api: Api, browser: Browser, case: str) -> None:
    whole = api.json("GET", f"/v1/cases/{case}")
    for address in (f"/v1/cases/{case}/history", f"/v1/cases/{case}?at={whole['updated_at']}"):
        assert api.get(address).status_code == 200, address
    at = whole["updated_at"].removesuffix("Z")
    for page in (
        f"/workspace/cases/{case}",
        f"/workspace/cases/{case}?at={at}",
        f"/workspace/cases/{case}?timeline=all",
    ):
        assert browser.get(page).status_code == 200, page


def show_together(api: Api, browser: Browser, cases: set[str]) -> None:
    """Lists and exports. They are those that changed last, and no more than a page has."""
    assert cases <= {each["id"] for each in api.json("GET", "/v1/cases?page[size]=100")["data"]}
    page = browser.get("/workspace/cases?sort=updated_at").text
    assert [each for each in cases if f"/workspace/cases/{each}" not in page] == []
    text = browser.get("/workspace/cases/export.csv?keys=true").text
    assert cases <= {row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert browser.get("/workspace/cases/export.csv").status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(browser.get("/workspace/cases/export.xlsx").content))


@pytest.mark.parametrize("door", DOORS)
def test_what_a_door_takes_every_reader_shows(house: Any, door: str) -> None:
    """[S3 F23] And it can be changed, undone, cleared and deleted; nothing is ever a dead row."""
    api, browser, template = house
    place = list(DOORS).index(door)  # without DOSSIER_MANY=1 each row but the first goes through one of them
    rows = ROWS if MANY else [ROWS[0], *ROWS[1 + place :: len(DOORS)]]
    tried = [DOORS[door](api, browser, template, row) for row in rows]
    made = {case: taken for case, taken in tried if taken}
    assert len({key for taken in made.values() for key in taken}) >= len(AWKWARD) - 1, "of tables, no default"
    show(api, browser, *made)
    for case, row in made.items():
        held = values(api.json("GET", f"/v1/cases/{case}"))
        for key, literal in row.items():
            if held[key] is not None:  # a form takes blanks for nothing
                _clear_and_undo(api, case, key, literal)
        assert browser.get(f"/workspace/cases/{case}").status_code == 200, row
        assert api.delete(f"/v1/cases/{case}").status_code == 204, row


def _clear_and_undo(api: Api, case: str, key: str, literal: str) -> None:
    sent(api, "POST", f"/v1/cases/{case}/data", f'{{"data": {{"{key}": null}}}}').raise_for_status()
    entry = api.json("GET", f"/v1/cases/{case}/history?page[size]=1")["data"][0]["id"]
    assert api.post(f"/v1/cases/{case}/undo", json={"entry": entry}).status_code == 200, (key, literal)


def test_doors_agree(house: Any) -> None:
    """[S3] A value that one door of programs refuses, all of them refuse."""
    api, browser, template = house
    for row in some(ROWS, 2):
        create, update, bulk = (DOORS[name](api, browser, template, row)[1] for name in ("create", "update", "bulk"))
        assert create == update == bulk


@pytest.mark.parametrize("value", some(["1e9999", "1" * 10_000, "-" + "9" * 5000, "1e99999"], 2))
def test_a_bad_row_that_is_there_already_can_be_opened_cleared_and_deleted(
    house: Any, database_url: str, value: str
) -> None:
    """[S3] What an older version let in: every reader shows it, and one can be rid of it."""
    api, browser, template = house
    case = blank(api, template)
    with psycopg.connect(database_url) as connection:
        digits = "(repeat('1', 9000))" if "e" in value else f"'{value}'"
        for column, where in (("data", "cases WHERE id"),):
            connection.execute(
                f"UPDATE {where.split(' ')[0]} SET {column} = jsonb_build_object('num', ({digits})::numeric) WHERE id = %s",
                [case],
            )
    show(api, browser, case)
    other = blank(api, template)
    bulk = {"cases": [{"id": case, "data": {"line": "x"}}, {"id": other, "data": {"line": "x"}}]}
    assert [each["status"] for each in api.json("POST", "/v1/cases/data", json=bulk)["results"]] == [200, 200]
    api.json("POST", f"/v1/cases/{case}/data", json={"data": {"num": None}})
    show(api, browser, case)
    assert api.delete(f"/v1/cases/{case}").status_code == 204


@pytest.mark.parametrize("text", some(["1e9999999", "1e999999999", "9" * 5000, "-Infinity", "NaN"], 2))
def test_no_text_stops_the_server(house: Any, text: str) -> None:
    """[S2 S3] In the designer, in a filter of the list, in a field: refused at once."""
    api, browser, template = house
    case = blank(api, template)
    assert browser.send_form(f"/workspace/cases/{case}/fields/num", value=text).status_code == 400
    assert browser.get("/workspace/cases", params={"a": "data.num", "o": "gt", "v": text}).status_code == 400
    draft = browser.send_form("/workspace/templates", title="D")
    address = str(draft.url).partition("?")[0]
    for name in ("min", "max", "default", "decimals"):
        refused = browser.send_form(f"{address}/edit/schema?type=number", name="x", revision="1", **{name: text})
        assert refused.status_code == 400, name
    imported = browser.send_form(
        "/workspace/templates", document=f"title: Y\nschema:\n- {{key: a, type: number, name: A, max: {text}}}"
    )
    assert imported.status_code in (200, 400)
    assert browser.get(str(imported.url)).status_code < 500


def test_a_day_that_is_none_is_refused_in_a_filter(house: Any) -> None:
    """A list that is empty without a word would say that there is nothing."""
    _, browser, _ = house
    assert browser.get("/workspace/cases", params={"a": "data.day", "o": "gt", "v": "31/02/2026"}).status_code == 400
