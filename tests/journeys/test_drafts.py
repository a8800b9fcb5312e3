"""What is typed and not saved comes back: after a session that ended, in another tab, after leaving the page."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, World, values

pytestmark = pytest.mark.long
PASSWORD = "correct horse battery staple"
SCHEMA = [
    {"key": "place", "type": "address", "name": "Place"},
    {
        "key": "seen_by",
        "type": "table",
        "name": "Seen by",
        "columns": [{"key": each, "type": "text", "name": each.title()} for each in ("name", "phone")],
    },
    {"key": "note", "type": "text", "name": "Note"},
    {
        "key": "damage",
        "type": "multiple_choice",
        "name": "Damage",
        "options": [{"value": each, "label": each.title()} for each in ("front", "glass")],
    },
]


@pytest.fixture
def kim(world: World, workspace: Workspace) -> Any:
    """Signs in by password."""
    member = world.member(workspace, f"kim-{workspace.slug}@example.org", "administrator", given_name="Kim")
    world.browser(member).send_form("/workspace/settings/profile/password", new=PASSWORD).raise_for_status()
    return member


@pytest.fixture
def case(api: Api) -> str:
    document = {"title": "T", "schema": SCHEMA, "contacts": [{"key": "main", "name": "Insured"}]}
    template = api.json("POST", "/v1/case_templates", 201, json=document)["id"]
    schema = [{"key": "place", "value": {"street": "Old 1", "city": "Gent"}}]
    body = {"title": "Kept", "template": {"id": template}, "schema": schema}
    return str(api.json("POST", "/v1/cases", json=body)["id"])


def held(api: Api, case: str, key: str) -> Any:
    return values(api.json("GET", f"/v1/cases/{case}"))[key]


def signed_in_again(page: Page, kim: Any) -> None:
    expect(page.get_by_label("Password")).to_be_visible()  # other pages have a field for an address too
    page.get_by_label("E-mail address").fill(kim.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


@left_to_ci(
    "types into every kind of form, signs in again, and looks at all",
    "journeys/test_drafts.py::test_leaving_and_coming_back",
    "journeys/test_drafts.py::test_signing_in_again_in_another_tab_is_enough",
)
def test_what_was_typed_comes_back_after_signing_in_again(kim: Any, case: str, api: Api, person: Any) -> None:
    """[H10] An address, a table with a new row, choices and a contact, while the session ends; others went on meanwhile."""
    somebody = person(kim)
    page = somebody.go(f"/workspace/cases/{case}")
    page.get_by_text("Edit insured").click()
    page.locator("#main-given_name").fill("Tom")
    page.get_by_label("Place: Street and number").fill("New 2")
    table = page.locator("#field-seen_by-form")
    table.get_by_label("Name, row 1").fill("An")
    table.get_by_role("button", name="Add a row").click()
    table.get_by_label("Name, row 2").fill("Bo")
    somebody.context.clear_cookies()
    api.json("POST", f"/v1/cases/{case}/data", json={"data": {"place": {"street": "Old 1", "city": "Brugge"}}})
    page.get_by_label("Glass").check()
    expect(page.locator("#field-damage-form [role=alert]")).to_contain_text("you are signed out")
    page.get_by_role("button", name="Save Place").click()
    expect(page.locator("#field-place-form [role=alert]")).to_contain_text("you are signed out")
    page.locator("#field-place-form").get_by_role("link", name="Sign in").click()
    signed_in_again(page, kim)
    expect(page.get_by_role("heading", name="Kept")).to_be_visible()
    place = page.locator("#field-place-form")
    expect(place.locator("[data-draft]")).to_contain_text("not saved yet")
    expect(page.get_by_label("Place: Street and number")).to_have_value("New 2")
    expect(page.get_by_label("Place: City")).to_have_value("Brugge")
    expect(table.get_by_label("Name, row 2")).to_have_value("Bo")
    expect(page.get_by_label("Glass")).to_be_checked()
    expect(page.locator("#main-given_name")).to_have_value("Tom")
    somebody.look("case-kept")
    page.get_by_role("button", name="Save Place").click()
    expect(place).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "place") == {"street": "New 2", "city": "Brugge"}
    page.get_by_role("button", name="Save Seen by").click()
    expect(table).to_have_class("mb-3 dossier-saved")
    assert [each["name"] for each in held(api, case, "seen_by")] == ["An", "Bo"]
    page.locator("#field-damage-form [data-draft-save]").click()
    expect(page.locator("#field-damage-form")).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "damage") == ["glass"]
    page.get_by_role("button", name="Save insured").click()
    expect(page.locator("#contacts-card")).to_contain_text("Tom")
    page.reload()
    expect(page.locator("[data-draft]")).to_have_count(0)


def test_signing_in_again_in_another_tab_is_enough(kim: Any, case: str, api: Api, person: Any) -> None:
    """[H10] The old page goes on with the new session; with somebody else's it saves nothing, and keeps the text."""
    somebody = person(kim)
    page = somebody.go(f"/workspace/cases/{case}")
    other = person(kim)
    other.go(f"/workspace/cases/{case}")
    page.get_by_label("Place: Street and number").fill("New 3")
    somebody.context.clear_cookies()
    somebody.context.add_cookies(other.context.cookies())
    page.get_by_role("button", name="Save Place").click()
    expect(page.locator("#field-place-form")).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "place")["street"] == "New 3"


def test_somebody_else_in_this_browser_gets_nothing_of_it(
    kim: Any, case: str, api: Api, person: Any, world: World, workspace: Workspace
) -> None:
    """[H10] Neither saved under their name, nor shown to them."""
    somebody = person(kim)
    page = somebody.go(f"/workspace/cases/{case}")
    page.get_by_label("Place: Street and number").fill("Of Kim")
    colleague = person(world.member(workspace, f"lee-{workspace.slug}@example.org", given_name="Lee"))
    somebody.context.clear_cookies()
    somebody.context.add_cookies(colleague.context.cookies())
    page.get_by_role("button", name="Save Place").click()
    expect(page.locator("#field-place-form [role=alert]")).to_contain_text("somebody else")
    expect(page.get_by_label("Place: Street and number")).to_have_value("Of Kim")
    assert held(api, case, "place")["street"] == "Old 1"
    page.on("dialog", lambda dialog: dialog.accept())
    somebody.go(f"/workspace/cases/{case}")
    expect(page.locator("[data-draft]")).to_have_count(0)
    expect(page.get_by_label("Place: Street and number")).to_have_value("Old 1")
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))") == []


def test_leaving_and_coming_back(kim: Any, case: str, api: Api, person: Any) -> None:
    """[H10] What clashes with what others did is asked about when it is saved; discarding brings back what is there."""
    somebody = person(kim)
    page = somebody.go(f"/workspace/cases/{case}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("Place: Street and number").fill("Mine")
    page.get_by_role("link", name="Cases", exact=True).first.click()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    api.json("POST", f"/v1/cases/{case}/data", json={"data": {"place": {"street": "Theirs", "city": "Gent"}}})
    somebody.go(f"/workspace/cases/{case}")
    place = page.locator("#field-place-form")
    expect(place.locator("[data-draft]")).to_contain_text("Somebody else changed it")
    expect(page.get_by_label("Place: Street and number")).to_have_value("Mine")
    page.get_by_role("button", name="Save Place").click()
    expect(place.get_by_role("alert")).to_contain_text("Theirs")
    assert held(api, case, "place")["street"] == "Theirs"
    page.get_by_role("link", name="Keep theirs").click()
    expect(page.get_by_label("Place: Street and number")).to_have_value("Theirs")
    page.get_by_label("Place: City").fill("Nowhere")
    page.reload()
    expect(page.get_by_label("Place: City")).to_have_value("Nowhere")
    page.get_by_role("button", name="Discard what I typed").click()
    expect(page.get_by_label("Place: City")).to_have_value("Gent")
    expect(page.locator("[data-draft]")).to_have_count(0)


@left_to_ci(
    "signs in again in the middle of a form that was refused", "journeys/test_drafts.py::test_leaving_and_coming_back"
)
def test_a_form_that_was_refused_is_not_empty_again(kim: Any, person: Any) -> None:
    """[H10] Whatever the form: an invitation with a wrong address, and one that was sent to nobody."""
    somebody = person(kim)
    page = somebody.go("/workspace/settings/members")
    page.get_by_label("Given name").fill("Bob")
    page.get_by_label("E-mail address", exact=True).fill("bob@localhost")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("e-mail")
    expect(page.get_by_label("Given name")).to_have_value("Bob")
    page.get_by_label("E-mail address", exact=True).fill("bob@example.org")
    somebody.context.clear_cookies()
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    signed_in_again(page, kim)
    expect(page.get_by_label("Given name")).to_have_value("Bob")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_label("The one-time link")).to_be_visible()
    expect(page.get_by_label("Given name")).to_have_value("")
    expect(page.locator("[data-draft]")).to_have_count(0)


@left_to_ci("designs, signs in again, and designs on", "journeys/test_drafts.py::test_leaving_and_coming_back")
def test_a_part_of_a_template_comes_back_too(kim: Any, api: Api, person: Any) -> None:
    """[H10] The designer's forms leave the page: what was sent to nobody is there after signing in."""
    somebody = person(kim)
    page = somebody.go("/workspace/templates")
    page.get_by_text("New template").click()
    page.get_by_label("Title").fill("Water")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Add step").click()
    page.get_by_label("Title").fill("Call the plumber")
    page.get_by_label("Description").fill("Before noon")
    somebody.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    signed_in_again(page, kim)
    expect(page.get_by_label("Title")).to_have_value("Call the plumber")
    expect(page.get_by_label("Description")).to_have_value("Before noon")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#steps")).to_contain_text("Call the plumber")
    page.get_by_role("link", name="Add step").click()
    expect(page.get_by_label("Title")).to_have_value("")
