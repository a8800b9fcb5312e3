"""Photographs one after the other, on a line that takes its time: each of them arrives, whatever else is done meanwhile."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.journeys.test_portal import Phone, phone
from tests.portal.support import make_form
from tests.portal.test_files import DOCUMENT, picture
from tests.world import World

__all__ = ["phone"]


class Line:
    """A line on which the first picture is held up until it is let go."""

    def __init__(self, page: Page) -> None:
        self.page, self.held = page, list[Route]()
        page.wait_for_load_state("networkidle")  # what watches files is there
        page.route("**/uploads/*", self._on)

    def _on(self, route: Route) -> None:
        if route.request.method == "PATCH" and not self.held:
            self.held.append(route)
        else:
            route.continue_()

    def choose(self, name: str) -> None:
        file: Any = {"name": name, "mimeType": "image/jpeg", "buffer": picture()}
        self.page.locator("input[type=file]").set_input_files(file)

    def hold(self, name: str) -> None:
        self.choose(name)
        until(lambda: bool(self.held) or self.page.wait_for_timeout(50))

    def let_go(self) -> None:
        self.held[0].continue_()

    def expect(self, *names: str) -> None:
        for each in names:
            expect(self.page.get_by_role("button", name=re.compile(f"Remove ?: {each}"))).to_be_visible()


@pytest.fixture
def person(world: World, workspace: Workspace, phone: Any) -> Phone:
    asked: Phone = phone(make_form(world, workspace, DOCUMENT))
    asked.begin()
    return asked


def test_a_second_picture_while_the_first_is_on_its_way(person: Phone) -> None:
    line = Line(person.page)
    line.hold("one.jpg")
    line.choose("two.jpg")
    line.expect("two.jpg")
    expect(person.page.get_by_role("progressbar", name="one.jpg")).to_be_visible()
    line.let_go()
    line.expect("one.jpg", "two.jpg")
    assert len(person.made.data()["photos"]) == 2
    assert person.problems == []


def test_a_camera_that_is_open_while_a_picture_arrives(person: Phone) -> None:
    line = Line(person.page)
    line.hold("one.jpg")
    with person.page.expect_file_chooser() as camera:
        person.page.locator("input[type=file]").click()
    line.let_go()
    line.expect("one.jpg")
    two: Any = {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": picture("blue")}
    camera.value.set_files(two)
    line.expect("one.jpg", "two.jpg")
    assert len(person.made.data()["photos"]) == 2


def test_whoever_goes_on_waits_for_their_pictures(person: Phone) -> None:
    line = Line(person.page)
    line.hold("one.jpg")
    person.page.get_by_label("Note").fill("On my way")
    person.page.get_by_role("button", name="Continue").click()
    expect(person.page.locator("#p-saved")).to_have_attribute("data-how", "sending")
    line.let_go()
    expect(person.page.get_by_role("heading", name="Sign")).to_be_visible()
    data = person.made.data()
    assert (len(data["photos"]), data["note"]) == (1, "On my way")


def test_a_picture_in_a_row_is_sent_at_once(world: World, workspace: Workspace, phone: Any) -> None:
    elements = [
        {"key": "what", "type": "text", "label": "What"},
        {"key": "photo", "type": "file", "label": "Photo", "accept": ["image/*"]},
    ]
    group = {"key": "damage", "type": "group", "label": "Damage", "repeat": {"min": 1, "max": 3}, "elements": elements}
    document = {"title": "Damage", "pages": [{"key": "damage", "title": "Damage", "elements": [group]}]}
    person: Phone = phone(make_form(world, workspace, document))
    line = Line(person.begin())
    line.hold("one.jpg")
    person.page.get_by_label("What").press_sequentially("Roof", delay=20)
    line.let_go()
    line.expect("one.jpg")
    person.saved()
    expect(person.page.get_by_label("What")).to_have_value("Roof")
    (row,) = person.made.data()["damage"]
    assert (row["what"], len(row["photo"])) == ("Roof", 1)
    assert person.problems == []
