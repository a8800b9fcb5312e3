"""What is done to many cases: changed at once with a result for each, and exported without running in a spreadsheet."""

import csv
import io
import re
import time
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World, working_world


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))


def finished(browser: Browser, **sent: Any) -> str:
    """The page of a bulk change once it is done."""
    answer = browser.send_form("/workspace/cases/bulk", **sent)
    assert answer.status_code == 200, answer.text
    until = time.monotonic() + 10
    while "Done." not in answer.text and time.monotonic() < until:
        time.sleep(0.05)
        answer = browser.get(str(answer.url))
    assert "Done." in answer.text
    return answer.text


def test_archiving_many_and_taking_it_back(handler: Browser, make_case: Any, api: Api) -> None:
    cases = [make_case(title=f"Case {number}")["id"] for number in range(5)]
    api.json("POST", f"/v1/cases/{cases[0]}", json={"archived": True})
    page = finished(handler, change="archive", case=cases)
    assert "4 changed" in page
    assert "1 were so already" in page
    assert all(api.json("GET", f"/v1/cases/{each}")["archived_at"] for each in cases)
    back = re.search(r'action="(/workspace/cases/bulk/[0-9a-f-]+/back)"', page)
    assert back
    handler.send_form(back[1])
    until = time.monotonic() + 10
    while api.json("GET", f"/v1/cases/{cases[4]}")["archived_at"] and time.monotonic() < until:
        time.sleep(0.05)
    archived = [bool(api.json("GET", f"/v1/cases/{each}")["archived_at"]) for each in cases]
    assert archived == [True, False, False, False, False], "the one that was archived before stays so"


def test_all_that_the_list_shows(
    handler: Browser, make_case: Any, api: Api, workspace: Workspace, world: World
) -> None:
    world.member(workspace, f"boss-{workspace.slug}@example.org")
    wanted, other = make_case(title="Wanted")["id"], make_case(title="Other")["id"]
    sent = {"query": "?a=title&o=eq&v=Wanted", "all": "yes", "change": f"owner:boss-{workspace.slug}@example.org"}
    assert "1 changed" in finished(handler, **sent)
    assert api.json("GET", f"/v1/cases/{wanted}")["owner"]["email"].startswith("boss")
    assert api.json("GET", f"/v1/cases/{other}")["owner"] is None


def test_each_case_says_why_it_was_refused(handler: Browser, make_case: Any, api: Api) -> None:
    plain = make_case(title="Plain")["id"]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "statuses": [{"key": "won", "label": "Won", "parent_status": "closed"}]})  # fmt: skip
    special = make_case(title="Special", template={"id": template["id"]})["id"]
    page = finished(handler, change="status:won", case=[plain, special, "0190b3c4-0000-7000-8000-000000000000"])
    assert "1 changed" in page
    assert "2 refused" in page
    assert "has no status “won”" in page
    assert api.json("GET", f"/v1/cases/{special}")["status"] == "won"


@pytest.mark.parametrize(
    "sent", [{"change": "archive"}, {"change": "nothing", "case": "0190b3c4-0000-7000-8000-000000000000"}, {"change": "archive", "case": "x"}]
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_at_once(handler: Browser, sent: dict[str, str]) -> None:
    assert handler.send_form("/workspace/cases/bulk", **sent).status_code == 400


def test_limited_members_change_only_their_own(world: World, workspace: Workspace, make_case: Any, api: Api) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    hers, others = make_case(title="Hers", owner={"email": eve.email})["id"], make_case(title="CANARY")["id"]
    browser = world.browser(eve)
    page = finished(browser, change="archive", case=[hers, others])
    assert ("1 changed" in page, "1 refused" in page, "CANARY" in page) == (True, True, False)
    assert api.json("GET", f"/v1/cases/{others}")["archived_at"] is None
    assert browser.send_form("/workspace/cases/bulk", change="owner:", case=others).status_code == 403
    assert "CANARY" not in browser.get("/workspace/cases/export.csv?archived=false").text
    progress = re.search(r"/workspace/cases/bulk/[0-9a-f-]{36}", page)
    assert progress
    colleague = world.browser(world.member(workspace, f"other-{workspace.slug}@example.org"))
    assert colleague.get(progress[0]).status_code == 404


def test_an_export_is_all_that_the_list_shows(handler: Browser, api: Api, workspace: Workspace) -> None:
    fields = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": fields, "contacts": [{"key": "main", "name": "M"}]})["id"]  # fmt: skip
    for number in range(3):
        schema = [{"key": "amount", "value": number - 1}, {"key": "note", "value": '=HYPERLINK("http://evil")'}]
        body = {"title": f"@Case {number}", "template": {"id": template}, "schema": schema}
        api.json("POST", "/v1/cases", json=body | {"contacts": [{"key": "main", "phone": "+32470123456"}]})
    answer = handler.get("/workspace/cases/export.csv?a=data.amount&o=lt&v=1&sort=title")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["title"] for row in rows] == ["'@Case 0", "'@Case 1"]
    assert rows[0]["amount"] == "-1"
    assert rows[0]["note"].startswith("'=")
    assert rows[0]["contact_phone"] == "'+32470123456"
    book = openpyxl.load_workbook(io.BytesIO(handler.get("/workspace/cases/export.xlsx?sort=title").content))
    head, *cells = book.active.iter_rows()  # type: ignore[union-attr]
    columns = [each.value for each in head]
    first = dict(zip(columns, cells[0], strict=True))
    assert len(cells) == 3
    assert (first["note"].data_type, first["note"].value) == ("s", '=HYPERLINK("http://evil")')
    assert (first["amount"].value, first["created_at"].is_date) == (-1, True)


def test_an_export_is_longer_than_one_stretch(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dossier.cases.pages.export.AT_ONCE", 3)
    for number in range(10):
        make_case(title=f"Case {number}")
    rows = list(csv.DictReader(io.StringIO(handler.get("/workspace/cases/export.csv").text)))
    assert sorted(row["title"] for row in rows) == [f"Case {number}" for number in range(10)]
