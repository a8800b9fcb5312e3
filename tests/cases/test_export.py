"""The list as a file: all that its cases hold, as people read it, and nothing that a spreadsheet would run."""

import csv
import io
import sys
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from dossier.listing.export import escape_formula
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"export-{workspace.slug}@example.org", given_name="Han"))


def as_csv(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/workspace/cases/export.csv{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def as_xlsx(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/workspace/cases/export.xlsx{query}").content))
    head, *rows = book.active.iter_rows()  # type: ignore[union-attr]
    return [dict(zip([each.value for each in head], row, strict=True)) for row in rows]


def test_an_export_is_all_that_the_list_shows(handler: Browser, api: Api) -> None:
    fields = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": fields, "contacts": [{"key": "main", "name": "M"}]})["id"]  # fmt: skip
    for number in range(3):
        schema = [{"key": "amount", "value": number - 1}, {"key": "note", "value": '=HYPERLINK("http://evil")'}]
        body = {"title": f"@Case {number}", "template": {"id": template}, "schema": schema}
        api.json("POST", "/v1/cases", json=body | {"contacts": [{"key": "main", "phone": "+32470123456"}]})
    query = "?a=data.amount&o=lt&v=1&sort=title"
    answer = handler.get(f"/workspace/cases/export.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = as_csv(handler, query)
    assert [row["Title"] for row in rows] == ["'@Case 0", "'@Case 1"]
    assert (rows[0]["Amount"], rows[0]["Phone"], rows[0]["Template"]) == ("-1", "+32470123456", "T")
    assert rows[0]["Note"].startswith("'=")
    sheet = as_xlsx(handler, "?sort=title")
    assert len(sheet) == 3
    assert (sheet[0]["Note"].data_type, sheet[0]["Note"].value) == ("s", '=HYPERLINK("http://evil")')
    assert (sheet[0]["Amount"].value, sheet[0]["Created (UTC)"].is_date) == (-1, True)
    assert sheet[0]["Phone"].value == "+32470123456"
    plain = as_csv(handler, query + "&keys=true")
    assert (plain[0]["amount"], plain[0]["template"], plain[0]["contact_phone"]) == ("-1", template, "+32470123456")


def test_an_export_is_longer_than_one_stretch(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dossier.listing.export.BATCH_SIZE", 3)
    for number in range(10):
        make_case(title=f"Case {number}")
    assert sorted(row["Title"] for row in as_csv(handler)) == [f"Case {number}" for number in range(10)]


def test_every_key_that_a_case_has_is_there(handler: Browser, api: Api, make_template: Any, make_case: Any) -> None:
    """[F09] Dropped fields, own fields, added ones, of archived templates, of cases without one."""
    text = {"type": "text"}
    template = make_template(title="T", unknown_fields="add", schema=[text | {"key": "dropped", "name": "Dropped"}])
    case = make_case(template={"id": template["id"]}, schema=[{"key": "dropped", "value": "v1"}])
    api.json(
        "PUT",
        f"/v1/case_templates/{template['id']}",
        json={"title": "T", "schema": [text | {"key": "later", "name": "Later"}]},
    )
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"added": "v2"}})
    archived = make_template(title="Old", schema=[text | {"key": "old", "name": "Of the archived"}])
    make_case(template={"id": archived["id"]}, schema=[{"key": "old", "value": "v3"}])
    api.json("POST", f"/v1/case_templates/{archived['id']}", json={"archived": True})
    make_case(title="Bare", schema=[text | {"key": "own", "name": "Its own", "value": "v4"}])
    rows = as_csv(handler)
    found = {name: value for row in rows for name, value in row.items() if value in ("v1", "v2", "v3", "v4")}
    assert found == {"Dropped": "v1", "Added": "v2", "Of the archived": "v3", "Its own": "v4"}
    assert {name for name, cell in as_xlsx(handler)[0].items()} == set(rows[0])
    only = as_csv(handler, "?a=title&o=eq&v=Bare")
    assert "Its own" in only[0]
    assert "Dropped" not in only[0], "columns are those of the cases that are exported"


VALUES: dict[str, tuple[dict[str, Any], Any, str, Any]] = {  # type → definition, value, in CSV, in XLSX
    "choice": ({"type": "choices", "options": [{"value": "f", "label": "Front"}]}, "f", "Front", "Front"),
    "several": ({"type": "multiple_choice", "options": [{"value": "f", "label": "Front"}, {"value": "g", "label": "Glass"}]}, ["f", "g"], "Front, Glass", "Front, Glass"),
    "day": ({"type": "date"}, "2026-03-01", "2026-03-01", datetime(2026, 3, 1)),  # noqa: DTZ001 - a cell has no zone
    "first_day": ({"type": "date"}, "0001-01-01", "0001-01-01", "0001-01-01"),
    "yes": ({"type": "checkbox"}, True, "Yes", "Yes"),
    "amount": ({"type": "currency", "currency": "EUR"}, 12.5, "12.5", 12.5),
    "long": ({"type": "number"}, 12345678901234567890, "12345678901234567890", "12345678901234567890"),
    "zip": ({"type": "text"}, "00123", "00123", "00123"),
    "tel": ({"type": "phone"}, "+32470123456", "+32470123456", "+32470123456"),
    "land": ({"type": "country"}, "BE", "Belgium", "Belgium"),
    "home": ({"type": "address"}, {"street": "Rue 1", "postal_code": "1000", "city": "Brussels", "country": "BE"}, "Rue 1, 1000 Brussels, Belgium", "Rue 1, 1000 Brussels, Belgium"),
    "lines": ({"type": "table", "columns": [{"key": "a", "type": "text", "name": "A"}, {"key": "n", "type": "number", "name": "N"}]}, [{"a": "x", "n": 1}, {"a": "y", "n": 2}], "x · 1; y · 2", "x · 1; y · 2"),
}  # fmt: skip


def test_cells_are_what_people_read(handler: Browser, make_template: Any, make_case: Any) -> None:
    """[H12 F26] Labels, real days and numbers, no digit lost, telephone numbers as they are."""
    schema = [{"key": key, "name": f"Name of {key}"} | each[0] for key, each in VALUES.items()]
    template = make_template(schema=schema)
    make_case(template={"id": template["id"]}, schema=[{"key": key, "value": each[1]} for key, each in VALUES.items()])
    [row], [cells] = as_csv(handler), as_xlsx(handler)
    assert {key: row[f"Name of {key}"] for key in VALUES} == {key: each[2] for key, each in VALUES.items()}
    assert {key: cells[f"Name of {key}"].value for key in VALUES} == {key: each[3] for key, each in VALUES.items()}
    assert cells["Name of day"].number_format == "yyyy-mm-dd"
    assert date.fromisoformat(row["Created (UTC)"][:10])


def test_no_two_columns_have_one_name(handler: Browser, make_template: Any, make_case: Any) -> None:
    """[H12] A field that is called like a column, or like another field, says its key."""
    names = {"title": "Title", "iban_a": "IBAN", "iban_b": "IBAN"}
    template = make_template(schema=[{"key": key, "type": "text", "name": name} for key, name in names.items()])
    make_case(template={"id": template["id"]}, schema=[{"key": key, "value": key} for key in names])
    [row] = as_csv(handler)
    assert [row[name] for name in ("Title (title)", "IBAN (iban_a)", "IBAN (iban_b)")] == list(names)
    [plain] = as_csv(handler, "?keys=true")
    assert (plain["title"], plain["data.title"]) == ("A case", "title")


def test_columns_speak_the_readers_language(
    world: World, workspace: Workspace, handler: Browser, make_case: Any
) -> None:
    """[H12] Heads and states in French for who reads French."""
    make_case(title="Un dossier")
    handler.send_form("/workspace/settings/profile", language="fr")
    [row] = as_csv(handler)
    assert row["Titre"] == "Un dossier"
    assert "Brouillon" in row.values()


def test_programs_get_moments_that_mean_something(
    world: World, workspace: Workspace, handler: Browser, make_case: Any, api: Api
) -> None:
    """[F25] In UTC as the API writes them, not on a clock that the file does not name; cases and contacts."""
    case = make_case(title="Made once", contacts=[{"given_name": "Eve"}])
    [plain] = as_csv(handler, "?keys=true")
    assert (plain["created_at"], plain["updated_at"]) == (case["created_at"], case["updated_at"])
    contact = api.json("GET", f"/v1/contacts/{case['contacts'][0]['id']}")
    known = handler.get("/workspace/contacts/export.csv?keys=true").text
    assert f"{contact['created_at']},{contact['updated_at']}" in known


def test_what_a_cell_cannot_hold_shows_that_it_goes_on(handler: Browser, make_template: Any, make_case: Any) -> None:
    """[F09] A spreadsheet's cell ends at 32,767 characters."""
    template = make_template(schema=[{"key": "note", "type": "text", "name": "Note"}])["id"]
    make_case(template={"id": template}, schema=[{"key": "note", "value": "v" * 40_000}])
    text = as_xlsx(handler)[0]["Note"].value
    assert (len(text), text[-2:]) == (32_767, "v…")
    assert as_csv(handler)[0]["Note"] == "v" * 40_000


def test_excel_knows_the_encoding(handler: Browser, make_case: Any) -> None:
    """[F25] A mark for Excel, none for programs."""
    make_case(title="Zoë Müller 王")
    assert handler.get("/workspace/cases/export.csv").content.startswith(b"\xef\xbb\xbf")
    assert not handler.get("/workspace/cases/export.csv?keys=true").content.startswith(b"\xef\xbb\xbf")
    assert as_csv(handler)[0]["Title"] == "Zoë Müller 王"


@pytest.mark.long
@pytest.mark.parametrize(
    "text", ["=1+1", " =1+1", "\u3000=1+1", "＝1+1", "+cmd|x", "-2+3+cmd", "@SUM(A1)", "|calc", "\tx", "%0A=1"]
)
def test_what_a_spreadsheet_would_run_is_guarded(handler: Browser, make_case: Any, text: str) -> None:
    """[S28] Also after blanks, and in full width; the workbook has no formula at all."""
    make_case(title="T", reference=text)
    assert as_csv(handler)[0]["Reference"] == f"'{text}"
    cell = as_xlsx(handler)[0]["Reference"]
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize("blank", ["\t", "\r", "\n", "\r\n"], ids=repr)
def test_a_cell_that_begins_with_a_blank_of_another_kind_is_guarded(
    handler: Browser, make_template: Any, make_case: Any, blank: str
) -> None:
    """[S28] Whatever follows: a spreadsheet may leave the blank out, or begin a cell behind it."""
    template = make_template(schema=[{"key": "note", "type": "text", "name": "Note", "multiline": True}])
    make_case(template={"id": template["id"]}, schema=[{"key": "note", "value": f"{blank}harmless"}])
    assert as_csv(handler)[0]["Note"] == f"'{blank}harmless"


@pytest.mark.parametrize(
    "text", ["+32470123456", "+32 470 12 34 56", "-123", "0470/12.34.56", "(02) 555 12 34", "12.5", "-1,5"]
)
def test_numbers_of_all_kinds_are_not_spoilt(handler: Browser, make_case: Any, text: str) -> None:
    """[F26] An apostrophe before a telephone number makes it another one."""
    make_case(title="T", reference=text)
    assert as_csv(handler)[0]["Reference"] == text


def test_a_workbook_can_be_filtered_and_read(handler: Browser, make_case: Any) -> None:
    """[H12] Filters, a head that stays, columns as wide as what they hold."""
    make_case(title="A title of some length, as people write them")
    book = openpyxl.load_workbook(io.BytesIO(handler.get("/workspace/cases/export.xlsx").content))
    sheet: Any = book.active
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["B"].width > 30


def test_what_begins_with_a_letter_or_digit_is_never_a_formula() -> None:
    """[#16 7] Such cells are written without a further look: in no script does one begin a formula, in whatever form it is read."""
    begins = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalnum()]
    assert [each for each in begins if escape_formula(each) != each or escape_formula(f"{each}=1") != f"{each}=1"] == []


def test_rows_are_read_while_others_are_written(
    handler: Browser, make_case: Any, make_template: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[#16 7] Rows of several templates and of none in turn: each is read by its own fields, also one of a case alone."""
    monkeypatch.setattr("dossier.listing.export.BATCH_SIZE", 2)
    yes = {"key": "part", "type": "checkbox", "name": "Part"}
    one = make_template(title="One", schema=[yes])["id"]
    two = make_template(title="Two", schema=[yes | {"type": "choices", "options": [{"value": "f", "label": "Front"}]}])[
        "id"
    ]
    expected = []
    for number in range(4):
        make_case(title=f"A{number}", template={"id": one}, schema=[{"key": "part", "value": True}])
        make_case(title=f"B{number}", template={"id": two}, schema=[{"key": "part", "value": "f"}])
        make_case(title=f"C{number}", schema=[yes | {"value": False}])
        expected += [(f"A{number}", "Yes"), (f"B{number}", "Front"), (f"C{number}", "No")]
    rows = as_csv(handler, "?sort=created_at&order=up")
    assert [(row["Title"], row["Part"]) for row in rows] == expected


def test_a_workbook_that_cannot_hold_all_rows_says_so(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[#16 7] Rows behind the last that a sheet has were left out without a word. As CSV the list comes whole."""
    monkeypatch.setattr("dossier.listing.workbook.MAX_ROWS", 2)
    for number in range(2):
        make_case(title=f"Case {number}")
    assert len(as_xlsx(handler)) == 2
    make_case(title="One more")
    answer = handler.get("/workspace/cases/export.xlsx")
    assert answer.status_code == 422
    assert "A workbook has room for 2 rows, and this list has more." in answer.text
    assert len(as_csv(handler)) == 3
    assert len(as_xlsx(handler, "?a=title&o=eq&v=One+more")) == 1
