"""Rows of a group while somebody types: what an answer asks for beside it comes at once, and nothing that is typed is lost by it."""

from typing import Any

from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.journeys.test_portal import Phone, phone
from tests.portal.support import make_form
from tests.portal.test_groups import CARS
from tests.world import World

__all__ = ["phone"]


def test_what_is_asked_in_a_row_comes_and_goes_as_it_is_answered(
    world: World,
    workspace: Workspace,
    phone: Any,
) -> None:
    person: Phone = phone(make_form(world, workspace, CARS))
    page = person.begin()
    page.get_by_role("radio", name="Another one").check()
    which = page.get_by_label("Which make")
    expect(which).to_be_visible()
    expect(page.get_by_role("radio", name="Another one")).to_be_checked()
    which.press_sequentially("Škoda", delay=20)
    page.get_by_label("Kilometres").press_sequentially("10", delay=20)
    expect(page.locator("output")).to_have_text("5")
    expect(page.get_by_label("Kilometres")).to_be_focused()
    expect(which).to_have_value("Škoda")
    person.saved()
    page.get_by_role("radio", name="Volvo").check()
    expect(which).to_have_count(0)
    person.saved()
    page.get_by_label("Kilometres").fill("20")
    expect(page.locator("output")).to_have_text("10")
    page.get_by_role("radio", name="Another one").check()
    expect(which).to_have_value("Škoda")
    person.saved()
    assert person.made.data()["car"] == [{"make": "other", "which": "Škoda", "km": 20}]
    assert person.problems == []
