"""Contacts in a browser: found from the navigation, filtered by rows, and read with their cases and their history."""

from typing import Any

from playwright.sync_api import expect

from tests.many import left_to_ci
from tests.world import Api, World


@left_to_ci(
    "looks at every screen of contacts", "journeys/test_components.py::test_a_new_case_asks_for_its_contact_by_name"
)
def test_who_is_known(world: World, workspace: Any, api: Api, make_case: Any, person: Any) -> None:
    main = {"key": "main", "given_name": "Emma", "family_name": "Peeters", "email": "emma@example.org"}
    case = make_case(title="A dent in the door", contacts=[main])
    make_case(title="Another", contacts=[{"key": "main", "given_name": "Bram", "phone": "+32470111222"}])
    api.json("POST", f"/v1/cases/{case['id']}/contacts", json={"contacts": [{"key": "main", "family_name": "Willems"}]})
    somebody = person(world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada"))
    page = somebody.go("/workspace/cases")
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("heading", name="Contacts")).to_contain_text("2")
    somebody.look("contacts")

    page.get_by_text("Filters").click()
    page.get_by_label("Attribute").select_option(label="Family name")
    page.get_by_label("Comparison").select_option(label="contains")
    page.get_by_label("Value").fill("Will")
    page.get_by_role("button", name="Show these contacts").click()
    expect(page.get_by_role("heading", name="Contacts")).to_contain_text("1")
    expect(page.get_by_role("link", name="Bram")).to_have_count(0)

    page.get_by_role("link", name="Emma Willems").click()
    expect(page.get_by_label("Timeline")).to_contain_text("Family name: Peeters → Willems")
    somebody.look("contact")
    page.get_by_role("link", name="A dent in the door").click()
    expect(page.get_by_role("heading", name="A dent in the door")).to_be_visible()
