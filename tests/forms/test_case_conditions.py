"""Conditions of a form that look at its case: on pages of who has the link, for who reviews, on paper."""

from typing import Any

import pypdfium2
import pytest

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
    page = member.get(f"/workspace/forms/{form['id']}/fill").text
    assert seen(page) == ["Note", "Why so much?", "Why so late?"]


def test_a_form_without_a_case_asks_nothing_of_it(world: World, workspace: Workspace, api: Api) -> None:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    form = ask(api)
    member: Browser = world.browser(world.member(workspace, f"fills-{workspace.slug}@example.org"))
    assert seen(member.get(f"/workspace/forms/{form['id']}/fill").text) == ["Note"]


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
