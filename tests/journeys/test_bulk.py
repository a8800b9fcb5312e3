"""Many cases at once, chosen over the pages of the list, and all of it taken back."""

from typing import Any

import pytest
from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.world import Api, World

__all__ = ["ada"]  # a fixture
pytestmark = pytest.mark.long


@left_to_ci(
    "waits for jobs over pages of cases, forth and back",
    "journeys/test_in_place.py::test_many_cases_are_changed_and_changed_back_in_place",
    "cases/test_bulk_jobs.py::test_owners_and_statuses_are_taken_back",
)
def test_a_choice_holds_over_pages_and_is_taken_back(ada: Any, api: Api, person: Any) -> None:
    """[H11] A range with Shift, more on the next page, only statuses that they can have; the whole change undone."""
    statuses = [{"key": "won", "label": "Won", "parent_status": "closed"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim", "statuses": statuses})["id"]
    made = [api.json("POST", "/v1/cases", json={"title": f"Case {number:02}"})["id"] for number in range(27)]
    claim = api.json("POST", "/v1/cases", json={"title": "Case 99", "template": {"id": template}})["id"]
    somebody = person(ada)
    page = somebody.go("/workspace/cases?sort=title")
    page.get_by_label("Choose Case 03").click()
    page.get_by_label("Choose Case 06").click(modifiers=["Shift"])
    expect(page.locator("[data-chosen]")).to_have_text("4")
    won = page.locator("option", has_text="Won")
    expect(won).to_be_disabled()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("[data-chosen]")).to_have_text("4")
    expect(page.locator("[data-on-other-pages]")).to_be_visible()
    page.get_by_label("Choose Case 99").check()
    expect(page.locator("[data-chosen]")).to_have_text("5")
    expect(won).to_be_enabled()
    somebody.look("cases-chosen-over-pages")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_label("Choose Case 05")).to_be_checked()
    page.get_by_role("combobox", name="Change", exact=True).select_option(label="Closed")
    page.get_by_role("button", name="Change them").click()
    expect(page.get_by_text("5 changed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Take this back").click()
    expect(page.get_by_role("heading")).to_contain_text("Taking a change")
    expect(page.get_by_text("5 changed", exact=True)).to_be_visible()
    assert {api.json("GET", f"/v1/cases/{each}")["status"] for each in [*made[3:7], claim]} == {"draft"}
    somebody.go("/workspace/cases?sort=title")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.get_by_label("Choose Case 03").check()
    page.get_by_label("all 28 that are listed").check()
    expect(page.locator("[data-chosen]")).to_have_text("28")
    expect(won).to_be_enabled()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_label("all 28 that are listed")).to_be_checked()
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()


@left_to_ci("waits for a job in a browser", "cases/test_bulk_jobs.py::test_the_cases_of_who_leaves_go_to_whom_one_says")
def test_who_leaves_hands_over_their_cases(ada: Any, world: World, workspace: Workspace, api: Api, person: Any) -> None:
    """[H9] The administrator is asked, and sees what became of it."""
    lea = world.member(workspace, f"lea-{workspace.slug}@example.org", given_name="Lea", family_name="Maes")
    for number in range(2):
        api.json("POST", "/v1/cases", json={"title": f"Of Lea {number}", "owner": {"email": lea.email}})
    somebody = person(ada)
    page = somebody.go("/workspace/settings/members")
    page.get_by_role("link", name=f"Remove {lea.email}").click()
    expect(page.get_by_text("They own 2 open cases.")).to_be_visible()
    somebody.look("member-leaves")
    page.get_by_label("They own 2 open cases.").select_option(label="Ada Lovelace (you)")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("2 changed", exact=True)).to_be_visible()
    somebody.go("/workspace/cases")
    page.get_by_role("link", name="Of Lea 1").click()
    expect(page.locator("#timeline-card")).to_contain_text("Lea Maes → Ada Lovelace")
