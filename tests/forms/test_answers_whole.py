"""Whoever checks answers, before they are handed in or afterwards, sees each of them whole: long texts, every row, cells as one reads them."""

from html import unescape
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.forms.test_printing import PDF, response, texts
from tests.portal.support import Made, make_form
from tests.world import Api, Browser, World

COLUMNS: list[dict[str, Any]] = [
    {"key": "bought", "type": "date", "name": "Bought on"},
    {"key": "new", "type": "checkbox", "name": "New"},
    {"key": "make", "type": "choices", "name": "Make", "options": [{"value": "v", "label": "Volvo"}]},
]
ELEMENTS: list[dict[str, Any]] = [
    {"key": "story", "type": "text", "label": "Your story", "multiline": True},
    {"key": "cars", "type": "table", "label": "Cars", "columns": COLUMNS},
    {"key": "age", "type": "number", "label": "Age"},
]
PAGES = [{"key": "one", "title": "One", "elements": ELEMENTS}]
STORY = "word " * 200 + "and the end of it."
ROWS = [{"make": "v", "new": True, "bought": f"2026-02-0{day}"} for day in range(1, 8)]
LAST = "Bought on: 7 Feb 2026 · New: Yes · Make: Volvo"


def raise_if_cut(text: str) -> None:
    assert "and the end of it." in text
    assert LAST in text
    assert "True" not in text


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"whole-{workspace.slug}@example.org"))


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api) -> dict[str, Any]:
    publish(world, workspace, pages=PAGES)
    made: dict[str, Any] = ask(api, user={"email": "tess@example.org"})
    Contact(world, workspace, made).answers(story=STORY, cars=ROWS).submits()
    return made


def test_before_they_are_handed_in(world: World, workspace: Workspace) -> None:
    made: Made = make_form(world, workspace, {"title": "Whole", "pages": PAGES})
    with made.visitor() as contact:
        contact.press("start")
        cells = {
            f"cars.cell.{place}.{key}": {True: "true"}.get(cell, cell)
            for place, row in enumerate(ROWS, 1)
            for key, cell in row.items()
        }
        contact.fill("pages", "one", **{"story.value": STORY}, **cells)
        raise_if_cut(unescape(contact.at("check").text))


def test_where_they_are_looked_through(handler: Browser, form: dict[str, Any]) -> None:
    raise_if_cut(unescape(handler.get(f"/workspace/forms/{form['id']}/review").text))
    raise_if_cut(unescape(handler.get(f"/workspace/forms/{form['id']}").text))


def test_on_paper(api: Api, form: dict[str, Any]) -> None:
    paper = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    raise_if_cut(" ".join(" ".join(texts(paper.content)).split()))


def test_what_was_typed_and_does_not_count_is_said_as_it_was_typed(
    world: World, workspace: Workspace, api: Api, handler: Browser
) -> None:
    made: Made = make_form(world, workspace, {"title": "Whole", "pages": PAGES})
    with made.visitor() as contact:
        contact.press("start")
        contact.fill("pages", "one", **{"age.value": "very old"})
    page = handler.get(f"/workspace/forms/{made.form.id}").text
    assert "very old" in page
    assert "[[" not in page
