"""In the app: a table is pasted, its columns are mapped, mistakes are said by row, and it is sent and followed."""

import re
from typing import Any

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
    sent = handler.send_form(f"{URL}/columns", **given, do="send")
    world.server.run(batches.do_all(world.services))
    (form,) = api.json("GET", "/v1/forms")["data"]
    assert (form["user"]["email"], form["data"]) == ("ann@example.org", {"amount": "5", "note": "a; b"})
    followed = handler.get(sent.headers.get("location") or str(sent.url)).text
    assert "Row 2" in followed


def test_the_people_of_listed_cases_are_the_table(handler: Browser, make_case: Any) -> None:
    case = make_case(title="Water", contacts=[{"email": "eve@example.org", "given_name": "Eve"}])
    make_case(title="Fire", contacts=[{"email": "bob@example.org"}])
    address = f"{URL}/cases?a=title&o=eq&v=Water"
    assert f"{URL}/cases" in handler.get("/workspace/cases").text
    page = handler.get(address).text
    assert f"eve@example.org\t\tEve\t\t{case['id']}" in page
    assert "bob@example.org" not in page


def test_what_is_no_table_is_said(handler: Browser) -> None:
    refused = handler.send_form(f"{URL}/columns", preset=preset(handler), table="one line")
    assert refused.status_code == 400
    assert "a line for each person" in refused.text
