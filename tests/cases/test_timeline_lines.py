"""What the timeline says of each kind of change, and that what people typed stays text."""

import re
from html import unescape
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.files.support import kept
from tests.world import Api, World


@pytest.fixture
def told(world: World, workspace: Workspace) -> Any:
    """The lines of a case's timeline, newest first, as text."""
    member = world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator", given_name="Ada")
    browser = world.browser(member)

    def lines(case: str, language: str = "en") -> list[str]:
        browser.headers["Accept-Language"] = language
        page = browser.get(f"/workspace/cases/{case}").text
        timeline = page.partition('class="d-timeline"')[2].partition("</ol>")[0]
        found = re.findall(r'<div class="dossier-wrap" dir="auto">(.*?)</div>', timeline, re.DOTALL)
        return [" ".join(unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in found]

    return lines


def test_each_kind_of_change_is_told(
    world: World, workspace: Workspace, api: Api, told: Any, make_template: Any, make_case: Any
) -> None:
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org", "handler", given_name="Bob", family_name="B")
    template = make_template(
        schema=[{"key": "note", "type": "text", "name": "Remark"}],
        contacts=[{"key": "main", "name": "Insured"}],
        statuses=[{"key": "assess", "label": "To assess", "parent_status": "in_progress"}],
        steps=[{"key": "call", "title": "Call them", "type": "task"}],
    )["id"]
    case = make_case(template={"id": template})["id"]
    here = f"/v1/cases/{case}"
    api.json("POST", f"{here}/data", json={"data": {"note": "<b>x</b>"}})
    api.json("POST", f"{here}/contacts", json={"contacts": [{"key": "main", "given_name": "Eve", "email": "e@x.org"}]})
    api.json("PATCH", here, json={"status": "assess", "waiting_for": "contact", "owner": {"email": bob.email}})
    api.json("POST", f"{here}/start/call", json={"data": {}})
    api.json("PATCH", f"{here}/steps/call", json={"status": "completed", "data": {"note": "spoke"}})
    api.json("PATCH", here, json={"owner": None, "status": "closed"})
    lines = told(case)
    assert set(lines) >= {
        "Remark: empty → <b>x</b>",
        "Insured: nobody → Eve, e@x.org",
        "Status: Draft → To assess",
        "Stage: Draft → In progress",
        "Waiting for: Nobody → The contact",
        "Owner: nobody → Bob B",
        "Call them: to do → started",
        "Call them: started → done · “spoke”",
        "Owner: Bob B → nobody",
        "Status: To assess → Closed",
    }
    assert "Statut : Brouillon → To assess".replace(" :", ":") in [
        each.replace("\u00a0:", ":").replace(" :", ":") for each in told(case, "fr")
    ]


def test_what_is_long_is_told_by_what_differs(api: Api, told: Any, make_case: Any) -> None:
    case = make_case(title="a" * 200 + "b" + "c" * 200)["id"]
    api.json("PATCH", f"/v1/cases/{case}", json={"title": "a" * 200 + "d" + "c" * 200})
    assert f"Title: …{'a' * 30}b{'c' * 30}… → …{'a' * 30}d{'c' * 30}…" in told(case)


def test_files_are_told_by_their_names(told: Any, api: Api, make_case: Any) -> None:
    case = make_case()["id"]
    made = kept(api, data={"case": case})
    path = f"/v1/attachments/{made['id']}"
    api.json("PATCH", path, json={"name": "signed.txt"})
    api.json("PATCH", path, json={"case": None})
    assert told(case)[:3] == [
        "File: signed.txt → empty",
        "File: letter.txt → signed.txt",
        "File: empty → signed.txt",
    ]
