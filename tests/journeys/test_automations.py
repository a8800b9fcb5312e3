"""An administrator designs a rule, tries it on a case, publishes it, and sees it fire."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.world import Api

__all__ = ["ada"]  # a fixture

pytestmark = pytest.mark.long

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "level", "type": "text", "name": "Level"}]
STATUSES = [{"key": "to_review", "label": "To review", "parent_status": "in_progress"}]


@left_to_ci(
    "designs a rule, tries it, waits until it fires, and looks at each screen",
    "automations/test_runs.py::test_a_rule_that_sets_itself_off_afterwards_ends",
)
def test_a_rule_is_designed_tried_and_seen_to_fire(ada: Any, api: Api, person: Any) -> None:
    template = api.json(
        "POST", "/v1/case_templates", 201, json={"title": "Claim", "schema": FIELDS, "statuses": STATUSES}
    )["id"]
    old = api.json("POST", "/v1/cases", json={"template": {"id": template}})
    somebody = person(ada)
    page = somebody.go(f"/workspace/templates/{template}")
    page.get_by_role("link", name="Add automation").click()
    page.get_by_label("Name").fill("Big claims")
    page.get_by_label("one of these changes").nth(0).check()
    page.get_by_placeholder("Fields by their name, or status, by commas").fill("Amount")
    page.get_by_label("Attribute").select_option(label="Amount")
    page.get_by_label("Comparison").select_option(label="more than")
    page.get_by_label("Value", exact=True).fill("10000")
    page.get_by_label("What is done").nth(0).select_option(label="Set the status")
    page.get_by_label("What it is about").nth(0).select_option(label="To review")
    page.get_by_label("Reference or id of a case").fill(old["reference"])
    page.get_by_label("Field that changes").select_option(label="Amount")
    page.get_by_label("Its new value").fill("20000")
    page.get_by_role("button", name="Try").click()
    expect(page.locator("#tried")).to_contain_text("It would fire")
    somebody.look("automation-rule")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#automations")).to_contain_text("Big claims")
    expect(page.locator("#flow")).to_contain_text("To review")
    somebody.look("automation-template")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("button", name="Publish version 2")).to_have_count(0)
    case = api.json("POST", "/v1/cases", json={"template": {"id": template}})
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 20000}})
    page = somebody.go(f"/workspace/cases/{case['id']}")
    expect(page.locator("#timeline-card, .d-case-timeline").first).to_contain_text("a rule acted")
    page.get_by_role("link", name="Why automations did, or did not").click()
    expect(page.get_by_text("It fired, and all of it is done")).to_be_visible()
    somebody.look("automation-why")
    page = somebody.go("/workspace/settings/secrets")
    page.get_by_label("Name").fill("api_key")
    page.get_by_label("Value").fill("hush")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="api_key", exact=True)).to_be_visible()
    somebody.look("secrets")
