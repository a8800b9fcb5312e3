"""The list of forms for people: sorted by how far they are."""

import re

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.world import Api, Browser, World

LIST = "/workspace/forms"


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"lists-{workspace.slug}@example.org"))


def test_the_list_is_sorted_by_how_far_forms_are(
    world: World, handler: Browser, workspace: Workspace, api: Api
) -> None:
    elements = [{"key": f"q{place}", "type": "text", "label": f"Question {place}"} for place in range(4)]
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": elements}])
    names = {}
    for name in ("Half", "None", "Done", "Most"):
        names[name] = ask(api, user={"email": f"{name.lower()}@example.org", "given_name": name})
    Contact(world, workspace, names["Half"]).answers(q0="x", q1="x")
    Contact(world, workspace, names["Most"]).answers(q0="x", q1="x").answers(q2="x")
    Contact(world, workspace, names["Done"]).answers(q0="x").submits()
    page = handler.get(f"{LIST}?sort=completeness&order=down").text
    assert re.findall(r">(Half|None|Done|Most)</a>", page) == ["Done", "Most", "Half", "None"]
    assert "3/4" in page
    assert handler.get(f"{LIST}?sort=completeness&order=up").status_code == 200
    handler.send_form(f"{LIST}/{names['Done']['id']}/reopen", again="q1")
    page = handler.get(f"{LIST}?sort=completeness&order=down").text
    assert re.findall(r">(Half|None|Done|Most)</a>", page) == ["Most", "Half", "Done", "None"]
    version = api.json("GET", f"/v1/forms/{names['Most']['id']}")["updated_at"]
    Contact(world, workspace, names["Most"]).answers(q3="x")
    assert api.json("GET", f"/v1/forms/{names['Most']['id']}")["updated_at"] == version, "no change of the form"
