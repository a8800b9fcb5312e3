"""Conditions of a form that look at its case: on pages of who has the link, for who reviews, on paper."""

from typing import Any

import pypdfium2
import pytest

from dossier.foundation.actor import Scope, system
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.world import Api, Browser, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "note", "type": "text", "label": "Note"},
    {"key": "big", "type": "text", "label": "Why so much?", "visible_when": {"case.data.amount": {"$gt": 10}}},
    {"key": "late", "type": "text", "label": "Why so late?", "visible_when": {"case.reference": {"$eq": "C-1"}}},
    {"key": "boss", "type": "text", "label": "Who decides?",
     "visible_when": {"case.owner.email": {"$eq": "nobody@example.org"}}},
]  # fmt: skip
PDF = {"Accept": "application/pdf"}


@pytest.fixture
def case(make_case: Any) -> dict[str, Any]:
    fields = [{"key": "amount", "type": "number", "name": "Amount", "value": 12}]
    made: dict[str, Any] = make_case(schema=fields, reference="C-1")
    return made


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, case: dict[str, Any]) -> dict[str, Any]:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    made: dict[str, Any] = ask(api, case={"id": case["id"]}, user={"email": "tess@example.org"})
    return made


def seen(page: str) -> list[str]:
    return [label for label in ("Note", "Why so much?", "Why so late?", "Who decides?") if label in page]


def test_who_fills_it_in_is_asked_what_its_case_says(world: World, workspace: Workspace, form: dict[str, Any]) -> None:
    member = world.browser(world.member(workspace, f"fills-{workspace.slug}@example.org"))
    page = member.get(f"/workspace/forms/{form['id']}/fill/pages/one").text
    assert seen(page) == ["Note", "Why so much?", "Why so late?"]


def test_a_form_without_a_case_asks_nothing_of_it(world: World, workspace: Workspace, api: Api) -> None:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    form = ask(api)
    member: Browser = world.browser(world.member(workspace, f"fills-{workspace.slug}@example.org"))
    assert seen(member.get(f"/workspace/forms/{form['id']}/fill/pages/one").text) == ["Note"]


def test_review_and_paper_have_it_too(world: World, workspace: Workspace, api: Api, form: dict[str, Any]) -> None:
    Contact(world, workspace, form).answers(note="Hail", big="A new roof").submits()
    member = world.browser(world.member(workspace, f"sees-{workspace.slug}@example.org"))
    assert "A new roof" in member.get(f"/workspace/forms/{form['id']}/review").text
    (response,) = api.json("GET", f"/v1/forms/{form['id']}")["responses"]
    got = api.get(f"/v1/responses/{response['id']}", headers=PDF)
    with pypdfium2.PdfDocument(got.content) as document:
        (text,) = [page.get_textpage().get_text_range() for page in document]
    assert "A new roof" in text
    assert "Who decides?" not in text


def test_what_was_handed_in_stays_as_it_was_whatever_the_case_says_later(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], case: dict[str, Any]
) -> None:
    """The paper, the review and how much is asked are about what was asked then; who is asked again is asked what holds now."""
    Contact(world, workspace, form).answers(note="Hail", big="A new roof").submits()
    (response,) = api.json("GET", f"/v1/forms/{form['id']}")["responses"]
    before = api.get(f"/v1/responses/{response['id']}", headers=PDF)
    reviewed = api.json("GET", f"/v1/forms/{form['id']}/review")
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 3}})
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"reference": "C-2", "title": "Otherwise"})
    assert api.json("GET", f"/v1/forms/{form['id']}/review") == reviewed
    after = api.get(f"/v1/responses/{response['id']}", headers=PDF)
    assert after.headers["etag"] == before.headers["etag"]
    api.json("POST", f"/v1/forms/{form['id']}/reopen", json={"elements": ["note"]})
    member = world.browser(world.member(workspace, f"again-{workspace.slug}@example.org"))
    assert "Why so much?" not in member.get(f"/workspace/forms/{form['id']}/fill/pages/one").text


def test_nothing_of_the_case_stays_with_a_response_of_who_is_erased(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    Contact(world, workspace, form).answers(note="Hail").submits()
    sql = "SELECT case_seen FROM form_responses WHERE workspace_id = ANY(%(scope)s)"
    look = system(scope=Scope((workspace.id,)))
    seen_then = world.do(lambda tx: tx.all(sql), look)
    assert [each["case_seen"] for each in seen_then] == [{"data.amount": 12, "reference": "C-1"}]
    (person,) = api.json("GET", "/v1/contacts", params={"email": "tess@example.org"})["data"]
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    assert [each["case_seen"] for each in world.do(lambda tx: tx.all(sql), look)] == [None]
