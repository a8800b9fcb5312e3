"""What happened to a template: who changed which part of the draft, published it, put it away; and taking a change back."""

import re
from html import unescape
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.case_templates.test_designer import Designer
from tests.world import Api, World


@pytest.fixture
def designer(world: World, workspace: Workspace) -> Designer:
    who = world.member(
        workspace, f"h-{workspace.slug}@example.org", "administrator", given_name="Ada", family_name="Ash"
    )
    return Designer(world.browser(who))


def timeline(designer: Designer) -> str:
    """The words of the timeline, without tags."""
    page = designer.browser.get(f"{designer.address}/versions").text
    found = re.search(r'<section[^>]*id="timeline-card".*?</section>', page, re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def entries(designer: Designer) -> list[str]:
    """The ids of the entries that can be taken back, the newest first."""
    return re.findall(
        r'name="entry" value="([0-9a-f-]{36})"', designer.browser.get(f"{designer.address}/versions").text
    )


def test_the_timeline_says_who_changed_what(designer: Designer) -> None:
    designer.send("/edit/schema?type=number", name="Amount")
    designer.send("/edit/schema?key=amount", name="Sum")
    designer.send("/edit/schema?type=text", name="Kind")
    designer.send("/edit/schema/move", key="kind", by="up")
    designer.send(
        "", title="Claims", **{"seen.title": "Claim", "unknown_fields": "reject", "seen.unknown_fields": "reject"}
    )
    designer.send("/publish")
    designer.send("/archive", archived="true")
    said = timeline(designer)
    for words in (
        "Ada Ash", "Fields Amount amount : added", "Name: Amount → Sum", "put in another order", "Title: Claim → Claims",
        "published a version", "Version 1", "archived it", "began the template",
    ):  # fmt: skip
        assert words in said, (words, said)


def test_a_change_of_the_draft_is_taken_back(designer: Designer) -> None:
    designer.send("/edit/schema?type=number", name="Amount")
    designer.send("/edit/schema?type=text", name="Kind")
    designer.send("/edit/schema/remove", key="amount")
    assert [each["key"] for each in designer.document()["schema"]] == ["kind"]
    removed, _, added = entries(designer)
    refused = designer.browser.send_form(f"{designer.address}/undo", entry=added)
    assert refused.status_code == 409, "it was changed again since"
    assert designer.browser.send_form(f"{designer.address}/undo", entry=removed).status_code == 200
    assert [each["key"] for each in designer.document()["schema"]] == ["kind", "amount"]
    assert "took a change back" in timeline(designer)


def test_what_was_changed_since_is_named_as_people_call_it(designer: Designer) -> None:
    designer.send("/edit/schema?type=number", name="Amount")
    designer.send("/edit/schema?key=amount", name="Sum")
    refused = designer.browser.send_form(f"{designer.address}/undo", entry=entries(designer)[-1])
    assert (refused.status_code, "“Sum” was changed" in refused.text) == (409, True), refused.text


def test_a_discarded_draft_comes_back(designer: Designer) -> None:
    designer.send("/edit/schema?type=number", name="Amount")
    designer.send("/publish")
    designer.send("/edit/schema?key=amount", name="Sum")
    designer.send("/discard")
    assert designer.document()["schema"][0]["name"] == "Amount"
    designer.browser.send_form(f"{designer.address}/undo", entry=entries(designer)[0])
    assert designer.document()["schema"][0]["name"] == "Sum"


def test_a_template_that_never_was_leaves_nothing(designer: Designer, world: World) -> None:
    designer.send("/discard")
    assert designer.browser.get(f"{designer.address}/versions").status_code == 404


def test_programs_read_what_was_changed(api: Api) -> None:
    document: dict[str, Any] = {"title": "Claim", "schema": [{"key": "a", "type": "text", "name": "A"}]}
    id = api.json("POST", "/v1/case_templates", 201, json=document)["id"]
    document["schema"][0]["name"] = "B"
    api.json("PUT", f"/v1/case_templates/{id}", json=document)
    api.json("PUT", f"/v1/case_templates/{id}", json=document)
    api.json("POST", f"/v1/case_templates/{id}", json={"archived": True})
    history = api.json("GET", f"/v1/case_templates/{id}/history")
    assert [(each["version"], each["kind"], each["via"]) for each in history["data"]] == [
        (4, "archived", "api"), (3, "published", "api"), (2, "revised", "api"), (1, "published", "api")
    ]  # fmt: skip
    assert history["data"][1]["changes"] == {"published": {"old": 1, "new": 2}}
    assert history["data"][2]["changes"]["schema.a"]["new"]["name"] == "B"
    assert api.request("GET", "/v1/case_templates/00000000-0000-7000-8000-000000000000/history").status_code == 404


def test_two_who_change_at_once_both_stand_in_the_history(
    designer: Designer, world: World, workspace: Workspace
) -> None:
    colleague = world.browser(world.member(workspace, f"c-{workspace.slug}@example.org", "administrator"))
    designer.send("/edit/schema?type=number", name="Amount")
    colleague.send_form(f"{designer.address}/edit/schema?type=text", name="Kind")
    assert timeline(designer).count("changed the draft") == 2


def test_the_versions_of_a_template_that_was_never_published(designer: Designer) -> None:
    """There is none yet; what the draft has is told all the same."""
    designer.send("/edit/schema?type=number", name="Amount")
    page = designer.browser.get(f"{designer.address}/versions")
    assert (page.status_code, "not published yet" in page.text) == (200, True)
