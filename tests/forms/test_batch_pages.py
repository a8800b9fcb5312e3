"""In the app: a table is pasted, its columns are mapped, mistakes are said by row, and it is sent and followed."""

import html
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest

from dossier.forms.actions import batches
from dossier.workspaces.model import Workspace
from tests.forms.support import publish
from tests.world import Api, Browser, World

URL = "/workspace/form-batches"
TABLE = 'E-mail address;Amount;Note;Case\nann@example.org;5;"a; b";\nno address;many;x;\n'


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    publish(world, workspace)
    return world.browser(world.member(workspace, f"many-{workspace.slug}@example.org"))


def preset(handler: Browser) -> str:
    page = handler.get(URL).text
    found = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


def test_columns_are_guessed_by_their_names(handler: Browser) -> None:
    page = handler.send_form(f"{URL}/columns", preset=preset(handler), table=TABLE).text
    chosen = re.findall(r'<option value="([^"]*)" selected>', page)
    assert chosen == ["user.email", "data.amount", "data.note", "case"]


def test_mistakes_are_said_by_row_and_what_is_right_is_sent(
    world: World, handler: Browser, api: Api, workspace: Workspace
) -> None:
    meant = {"column.0": "user.email", "column.1": "data.amount", "column.2": "data.note", "column.3": ""}
    given: dict[str, Any] = {"preset": preset(handler), "table": TABLE, **meant}
    checked = handler.send_form(f"{URL}/columns", **given, do="check").text
    assert "No form comes of this row." in checked
    assert api.json("GET", "/v1/forms")["meta"]["total_count"] == 0
    unread = handler.send_form(f"{URL}/columns", **given, do="send")
    assert "No form comes of this row." in unread.text, "what is wrong is shown before anything is sent"
    assert "1 form would be made" in unread.text
    seen = re.search(r'name="seen" value="([^"]+)"', unread.text)
    assert seen
    sent = handler.send_form(f"{URL}/columns", **given, do="send", seen=seen[1])
    world.server.run(batches.do_all(world.services))
    (form,) = api.json("GET", "/v1/forms")["data"]
    assert (form["user"]["email"], form["data"]) == ("ann@example.org", {"amount": "5", "note": "a; b"})
    followed = handler.get(sent.headers.get("location") or str(sent.url)).text
    assert "“no address” is no e-mail address" in html.unescape(followed)
    assert ">ann@example.org</a>" in followed
    failed = handler.get(f"{sent.url}?state=failed").text
    assert "ann@example.org" not in failed
    part = handler.get(str(sent.url), headers={"hx-request": "true"}).text
    assert "<html" not in part


def test_the_people_of_listed_cases_are_the_table(handler: Browser, make_case: Any) -> None:
    case = make_case(title="Water", contacts=[{"email": "eve@example.org", "given_name": "Eve"}])
    make_case(title="Fire", contacts=[{"email": "bob@example.org"}])
    address = f"{URL}/cases?a=title&o=eq&v=Water"
    assert f"{URL}/cases" in handler.get("/workspace/cases").text
    page = handler.get(address).text
    assert f"eve@example.org\t\tEve\t\t{case['id']}" in page
    assert "bob@example.org" not in page


def test_empty_columns_at_the_end_are_none(handler: Browser) -> None:
    table = "E-mail address\t\tNote\t\t\nann@example.org\tx\ty\t\t\n"
    page = handler.send_form(f"{URL}/columns", preset=preset(handler), table=table).text
    assert re.findall(r'name="column\.(\d+)"', page) == ["0", "1", "2"]


def test_what_is_no_table_is_said(handler: Browser) -> None:
    refused = handler.send_form(f"{URL}/columns", preset=preset(handler), table="one line")
    assert refused.status_code == 400
    assert "a line for each person" in refused.text


def workbook() -> bytes:
    """What people make in a spreadsheet: numbers, days, a telephone number as text, an empty line."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["E-mail address", "Amount", "When", "Phone"], ["ann@example.org", 5.0, date(2026, 3, 1), "+32470123456"],
                [None, None, None, None], ["bob@example.org", 7.25, None, None]):  # fmt: skip
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_a_table_as_well(world: World, handler: Browser, api: Api) -> None:
    fields = {"form_token": handler.form_token(), "preset": preset(handler)}
    page = handler.send_file(f"{URL}/columns", workbook(), "people.xlsx", fields=fields).text
    assert "ann@example.org\t5\t2026-03-01\t+32470123456" in page
    assert re.findall(r'name="column\.(\d+)"', page) == ["0", "1", "2", "3"], "no columns beside those that there are"
    assert "data-leaves" in page, "what is only looked through is not said to be done"
    table = html.unescape(re.findall(r"<textarea name=\"table\" hidden>(.*?)</textarea>", page, re.DOTALL)[0])
    meant = {"column.0": "user.email", "column.1": "data.amount", "column.2": "data.day", "column.3": "user.phone"}
    sent = handler.send_form(f"{URL}/columns", preset=fields["preset"], table=table, do="send", **meant)
    assert "/form-batches/" in str(sent.url), sent.text[:2000]
    world.server.run(batches.do_all(world.services))
    forms = {each["user"]["email"]: each for each in api.json("GET", "/v1/forms")["data"]}
    assert forms["ann@example.org"]["data"] == {"amount": "5", "day": "2026-03-01"}
    assert forms["ann@example.org"]["user"]["phone"] == "+32470123456"
    assert forms["bob@example.org"]["data"] == {"amount": "7.25"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 but nothing else", "This workbook cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older kind of workbook"),
        (b"one line", "a line for each person"),
    ],
)
def test_a_file_that_is_no_table_is_said(handler: Browser, content: bytes, why: str) -> None:
    fields = {"form_token": handler.form_token(), "preset": preset(handler)}
    refused = handler.send_file(f"{URL}/columns", content, "people.xlsx", fields=fields)
    assert refused.status_code == 400
    assert why in refused.text


def test_an_older_spreadsheets_letters_are_read(handler: Browser) -> None:
    fields = {"form_token": handler.form_token(), "preset": preset(handler)}
    table = "E-mail address;Note\nann@example.org;Géraldine\n".encode("cp1252")
    assert "Géraldine" in handler.send_file(f"{URL}/columns", table, "people.csv", fields=fields).text


def test_what_waits_and_what_nobody_began_is_taken_back(world: World, handler: Browser, api: Api) -> None:
    meant = {"column.0": "user.email"}
    table = "E-mail address\nann@example.org\nbob@example.org\neve@example.org\n"
    given: dict[str, Any] = {"preset": preset(handler), "table": table, "pace": "1", **meant}
    sent = handler.send_form(f"{URL}/columns", **given, do="send")
    world.server.run(batches.do_all(world.services))
    page = handler.get(str(sent.url)).text
    assert "1 of 3" in page
    assert "About 1 minute more." in page
    done = handler.send_form(f"{sent.url.path}/cancel")
    assert "Taken back" in done.text
    assert "bob@example.org" not in done.text, "what was given for what was never made is forgotten"
    (form,) = api.json("GET", "/v1/forms?archived=true")["data"]
    assert form["archived_at"]


def test_a_limited_member_follows_their_own_alone(world: World, handler: Browser, workspace: Workspace) -> None:
    given: dict[str, Any] = {
        "preset": preset(handler),
        "table": "E-mail address\nann@example.org\n",
        "column.0": "user.email",
    }
    sent = handler.send_form(f"{URL}/columns", **given, do="send")
    limited = world.browser(world.member(workspace, f"less-{workspace.slug}@example.org", "limited"))
    assert limited.get(str(sent.url)).status_code == 404
    assert limited.send_form(f"{sent.url.path}/cancel").status_code == 404
    assert sent.url.path not in limited.get(URL).text
    own = limited.send_form(f"{URL}/columns", **given, do="send")
    world.server.run(batches.do_all(world.services))
    followed = limited.get(str(own.url)).text
    found = re.search(r'href="(/workspace/forms/[0-9a-f-]+)"', followed)
    assert found, followed
    assert limited.get(found[1]).status_code == 200, "who sent it may see what came of it"


def test_a_case_that_there_is_not_and_who_is_asked_twice_are_said(
    world: World, handler: Browser, api: Api, make_case: Any
) -> None:
    case = make_case(title="Water", contacts=[{"email": "eve@example.org"}])
    lines = ("ann@example.org\tNOPE", "bob@example.org\t", f"BOB@example.org\t{case['reference']}", "bob@Example.org\t")
    given: dict[str, Any] = {
        "preset": preset(handler),
        "table": "\n".join(("E-mail address\tCase", *lines)),
        "column.0": "user.email",
        "column.1": "case",
    }
    page = html.unescape(handler.send_form(f"{URL}/columns", **given, do="check").text)
    assert "There is no case NOPE." in page
    assert page.count("The same person is asked in an earlier row, too.") == 1, "of another case it is another form"
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    sent = handler.send_form(f"{URL}/columns", **given, do="send", seen=seen[1])
    world.server.run(batches.do_all(world.services))
    assert "There is no case NOPE." in html.unescape(handler.get(f"{sent.url}?state=failed").text)
    assert len(api.json("GET", "/v1/forms")["data"]) == 3


def test_a_pace_has_an_end(handler: Browser) -> None:
    given = {"preset": preset(handler), "table": "E-mail address\nann@example.org\n", "column.0": "user.email"}
    assert handler.send_form(f"{URL}/columns", **given, pace="9" * 5000, do="check").status_code == 400
