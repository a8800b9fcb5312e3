"""Fields of every newer type at a browser: typed as people do, and what follows from them without asking for the page again."""

from typing import Any

import pytest
from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, World, values

pytestmark = pytest.mark.long
SCHEMA = [
    {"key": "net", "type": "currency", "name": "Net", "currency": "EUR"},
    {"key": "gross", "type": "computed", "name": "Gross", "formula": "round(net * 1.21, 2)", "result": "number", "suffix": "€"},
    {"key": "site", "type": "url", "name": "Site"},
    {"key": "hour", "type": "time", "name": "Hour", "min": "08:00"},
    {"key": "person", "type": "national_number", "name": "Register", "country": "BE"},
    {"key": "company", "type": "company_number", "name": "Company", "country": "FR"},
]  # fmt: skip


@pytest.fixture
def ona(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ona-{workspace.slug}@example.org", "administrator", given_name="Ona")


@pytest.fixture
def case(api: Api) -> str:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Sums", "schema": SCHEMA})["id"]
    return str(api.json("POST", "/v1/cases", json={"title": "Sums", "template": {"id": template}})["id"])


@left_to_ci(
    "types key by key, as slowly as people do", "journeys/test_field_types.py::test_filters_and_the_designer_know_them"
)
def test_what_is_typed_and_what_follows(ona: Any, case: str, api: Api, person: Any) -> None:
    somebody = person(ona)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    expect(page.get_by_text("Nothing to compute it from yet.")).to_be_visible()
    for name, typed in (
        ("Net", "100"),
        ("Site", "example.org"),
        ("Hour", "1430"),
        ("Register", "85.07.30-033.28"),
        ("Company", "552 008 443"),
    ):
        field = page.get_by_label(name)
        field.focus()
        page.keyboard.type("0230PM" if name == "Hour" else typed, delay=20)
        field.blur()
    expect(page.locator("#field-gross-form")).to_contain_text("121")
    expect(page.locator("#field-gross-form")).to_contain_text("Gross (€)")
    expect(page.get_by_role("link", name="Open Site in a new window")).to_have_attribute("href", "https://example.org")
    expect(page.get_by_label("Company")).to_have_value("552008443")
    somebody.look("field-types")
    assert values(api.json("GET", f"/v1/cases/{case}")) == {
        "net": 100, "gross": 121, "site": "https://example.org", "hour": "14:30", "person": "85073003328", "company": "552008443"
    }  # fmt: skip


def test_filters_and_the_designer_know_them(ona: Any, case: str, person: Any) -> None:
    somebody = person(ona)
    page = somebody.go("/workspace/cases")
    page.get_by_text("Filters").click()
    attribute, comparison = page.get_by_label("Attribute").first, page.get_by_label("Comparison").first
    attribute.select_option(label="Hour")
    assert comparison.locator("option:not([hidden])").all_inner_texts() == ["is", "is not", "after", "from", "before", "until", "is filled in", "is empty"]  # fmt: skip
    expect(page.get_by_label("Value").first).to_have_attribute("type", "time")
    attribute.select_option(label="Gross")
    expect(comparison).to_contain_text("more than")
    page = somebody.go("/workspace/templates")
    page.get_by_role("link", name="Sums").click()
    page.get_by_role("link", name="Gross").click()
    expect(page.get_by_label("Formula over the keys of other fields")).to_have_value("round(net * 1.21, 2)")
    somebody.look("designer-formula")
