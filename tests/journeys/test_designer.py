"""An administrator makes a template from nothing, tries it, publishes it, and works with it."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.world import Api

__all__ = ["ada"]  # a fixture


@left_to_ci(
    "designs a whole template, every part of it, and looks at each screen",
    "journeys/test_in_place.py::test_a_template_is_designed_in_place",
    "case_templates/test_designer.py::test_from_a_title_to_a_case",
)
def test_a_template_from_nothing_to_a_case(ada: Any, api: Api, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/templates")
    somebody.look("templates-empty")
    page.get_by_text("New template").click()
    page.get_by_label("Title").fill("Water damage")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Add section").click()
    page.get_by_label("Name").fill("The damage")
    page.get_by_role("button", name="Save").click()
    for kind, name in (("Text", "What happened"), ("Amount of money", "Amount"), ("Yes or no", "Urgent")):
        page.get_by_label("New field").select_option(label=kind)
        page.get_by_role("button", name="Add field").click()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Section").select_option(label="The damage")
        page.get_by_role("button", name="Save").click()
    page.get_by_label("New field").select_option(label="One of several")
    page.get_by_role("button", name="Add field").click()
    page.get_by_label("Name").fill("Cause")
    page.get_by_label("Options").fill("pipe: A pipe\nroof: The roof")
    somebody.look("template-field")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("New field").select_option(label="Table")
    page.get_by_role("button", name="Add field").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Name", exact=True).fill("Rooms")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Columns")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Rooms")
    page.get_by_label("Name of the column").first.fill("Room")
    somebody.look("template-table-field")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add status").click()
    page.get_by_label("Label").fill("To be assessed")
    page.get_by_label("Attribute").first.select_option(label="Amount")
    page.get_by_label("Comparison").first.select_option(label="at least")
    page.get_by_label("Value").first.fill("500")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add step").click()
    page.get_by_label("Title").fill("Call the plumber")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Move Cause up").click()
    somebody.look("template-draft")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    template = api.json("GET", "/v1/case_templates")["data"][0]["id"]
    schema = [{"key": "amount", "value": 700}]
    case = api.json("POST", "/v1/cases", json={"template": {"id": template}, "schema": schema})
    page.get_by_role("link", name="To be assessed").click()
    page.get_by_label("Reference or id of a case").fill(case["reference"])
    page.get_by_role("button", name="Try").click()
    expect(page.locator("#tried")).to_contain_text("It holds for “Water damage”")
    somebody.look("template-status")
    page.get_by_label("Value").first.fill("5000")
    page.get_by_role("button", name="Try").click()
    expect(page.locator("#tried")).to_contain_text("It does not hold")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Versions and changes").click()
    expect(page.get_by_label("Draft")).to_contain_text("To be assessed")
    somebody.look("template-versions")
    page.go_back()
    page.get_by_role("link", name="Cause").click()
    page.get_by_label("Options").fill("pipe: A pipe\nroof: The roof\nriver: The river")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator("h1")).to_contain_text("version 2")
    somebody.go("/workspace/templates")
    somebody.look("templates")
    somebody.go(f"/workspace/cases/{case['id']}")
    page.get_by_role("link", name="Move to version 2").click()
    somebody.look("case-move")
    page.get_by_role("button", name="Move the case").click()
    page.get_by_label("Cause").select_option(label="The river")
    expect(page.get_by_text(re.compile("Water damage, version 2"))).to_be_visible()
    expect(page.locator("#timeline-card")).to_contain_text("moved to another version of the template")
