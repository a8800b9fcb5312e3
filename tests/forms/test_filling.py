"""A member fills a form in, in the app: each answer saved by itself, what is wrong said, and handed in as that member."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.support import publish
from tests.world import Api, Browser, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?"},
    {"key": "who", "type": "text", "label": "Who", "visible_when": {"data.hurt": {"$eq": True}}},
    {"key": "photos", "type": "file", "label": "Photos"},
]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"fills-{workspace.slug}@example.org"))


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    step = {"key": "ask", "title": "Ask", "type": "form", "form": "accident", "internal": True}
    fields = [{"key": "amount", "type": "number", "name": "Amount"}]
    case = make_case(template={"id": make_template(schema=fields, steps=[step])["id"]})
    steps = api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={})["steps"]
    made: dict[str, Any] = api.json("GET", f"/v1/forms/{steps[0]['data']['form']}")
    return made


def test_it_is_filled_in_and_handed_in_by_a_member_as_such(handler: Browser, api: Api, form: dict[str, Any]) -> None:
    address, case = f"/workspace/forms/{form['id']}/fill", form["case"]["id"]
    assert address in handler.get(f"/workspace/cases/{case}").text
    page = handler.get(address).text
    assert "Who" not in page.replace("Who is", "")
    assert "cannot be answered here" in page, "its link leads nowhere"
    wrong = handler.send_form(address, element="amount", value="many")
    assert wrong.status_code == 400
    assert "must be a number" in wrong.text
    missing = handler.send_form(address, do="submit")
    assert missing.status_code == 400
    assert "Still to be answered: How much" in missing.text
    handler.send_form(address, element="hurt", value="true")
    assert ">Who<" in handler.send_form(address, element="amount", value="12").text
    done = handler.send_form(address, do="submit")
    assert str(done.url.path).endswith("/review")
    assert api.json("GET", f"/v1/cases/{case}")["schema"][0]["value"] == 12
    (entry,) = [each for each in api.json("GET", f"/v1/cases/{case}/history")["data"] if each["kind"] == "form"]
    assert (entry["actor"]["type"], entry["via"]) == ("member", "form")


def test_what_was_handed_in_is_not_filled_in_again(handler: Browser, form: dict[str, Any]) -> None:
    address = f"/workspace/forms/{form['id']}/fill"
    handler.send_form(address, element="amount", value="12")
    handler.send_form(address, do="submit")
    assert "cannot be answered now" in handler.get(address).text
    assert handler.send_form(address, element="amount", value="13").status_code == 409
