"""The review in the app: each answer beside what is known, accepted or refused with a reason, and asked again."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.world import Api, Browser, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "note", "type": "text", "label": "Note <b>"},
]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"review-{workspace.slug}@example.org"))


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    template = make_template(schema=[{"key": "amount", "type": "number", "name": "Amount"}])["id"]
    case = make_case(template={"id": template}, schema=[{"key": "amount", "value": 7}])
    made: dict[str, Any] = ask(api, user={"email": "tess@example.org"}, case={"id": case["id"]})
    Contact(world, workspace, made).answers(amount=5, note="<script>alert(1)</script>").submits()
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 7}})
    return made


def states(api: Api, form: dict[str, Any]) -> dict[str, str]:
    found = api.json("GET", f"/v1/forms/{form['id']}/review")["items"]
    return {each["element"]: each["state"] for each in found}


def test_answers_stand_beside_what_the_case_has(handler: Browser, form: dict[str, Any]) -> None:
    page = handler.get(f"/workspace/forms/{form['id']}/review").text
    assert "differs" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_all_is_accepted_refused_with_a_reason_and_taken_back(handler: Browser, api: Api, form: dict[str, Any]) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    handler.send_form(address, do="all")
    assert states(api, form) == {"amount": "accepted", "note": "accepted"}
    handler.send_form(address, **{"do": "save", "verdict.note": "refused", "reason.note": "Which one?"})
    assert states(api, form) == {"amount": "accepted", "note": "refused"}
    assert "Which one?" in handler.get(address).text
    handler.send_form(address, **{"do": "save", "verdict.amount": "received"})
    assert states(api, form) == {"amount": "received", "note": "refused"}


def test_a_refusal_without_a_reason_is_refused_and_what_was_said_stays(
    handler: Browser, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    refused = handler.send_form(address, **{"do": "save", "verdict.note": "refused", "verdict.amount": "accepted"})
    assert refused.status_code == 400
    assert "Say why" in refused.text
    assert states(api, form) == {"amount": "received", "note": "received"}


def test_it_is_asked_again_in_ones_own_words(handler: Browser, api: Api, form: dict[str, Any]) -> None:
    handler.send_form(f"/workspace/forms/{form['id']}/reopen", again="note", message="One more thing")
    found = api.json("GET", f"/v1/forms/{form['id']}")
    assert (found["status"], found["responses"][0]["data"]) == ("pending", {"amount": 5})
    page = handler.get(f"/workspace/forms/{form['id']}/review").text
    assert "asked again" in page


def test_the_case_shows_its_forms_and_where_values_come_from(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    case = form["case"]["id"]
    page = handler.get(f"/workspace/cases/{case}").text
    assert f"/workspace/forms/{form['id']}/review" in page
    assert "2 of 2 received, 0 accepted" in page
    assert "given in a form" not in page
    second = ask(api, user={"email": "tess@example.org"}, case={"id": case})
    Contact(world, workspace, second).answers(amount=9).submits()
    page = handler.get(f"/workspace/cases/{case}").text
    assert "given in a form" in page
    listed = handler.get("/workspace/cases?sort=completeness").text
    assert "3/4" in listed


def test_the_paper_is_shown(handler: Browser, form: dict[str, Any]) -> None:
    got = handler.get(f"/workspace/forms/{form['id']}/paper")
    assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")
