"""Every component in every state and theme, and what the scripts beside them do."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from dossier.web import resources
from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.world import World

__all__ = ["ada"]  # a fixture

TRIED_IN = {
    "case_templates/conditions.js": "test_handlers_day.py",
    "cases/back.js": "test_drafts.py",
    "cases/bulk.js": "test_bulk.py",
    "cases/new.js": "test_components.py",
    "components/busy.js": "test_in_place.py",
    "components/confirm.js": "test_handler.py",
    "components/copy.js": "test_components.py",
    "components/dialog.js": "test_components.py",
    "components/draw.js": "test_in_place.py",
    "components/drafts.js": "test_drafts.py",
    "components/focus.js": "test_saving.py",
    "components/live.js": "test_handlers_day.py",
    "components/menu.js": "test_components.py",
    "components/saving.js": "test_saving.py",
    "components/say.js": "test_saving.py",
    "components/search.js": "test_components.py",
    "components/session.js": "test_drafts.py",
    "components/stay.js": "test_in_place.py",
    "components/toast.js": "test_components.py",
    "fields/files.js": "test_files.py",
    "fields/rows.js": "test_handlers_day.py",
    "files/gathering.js": "test_files.py",
    "files/kept.js": "test_files.py",
    "files/looking.js": "test_files.py",
    "files/queue.js": "test_files.py",
    "files/sending.js": "test_files.py",
    "files/tray.js": "test_files.py",
    "files/viewer.js": "test_files.py",
    "form_templates/outline.js": "test_studio.py",
    "forms/chosen.js": "test_studio.py",
    "portal/embedded.js": "test_portal_proofs.py",
    "portal/files.js": "test_portal.py",
    "portal/looking.js": "test_portal_proofs.py",
    "portal/offline.js": "test_portal_proofs.py",
    "portal/portal.js": "test_portal.py",
    "portal/rows.js": "test_portal_groups.py",
    "portal/signing.js": "test_portal.py",
}
"""Behaviour → the journey that fails without it."""


def test_every_behaviour_has_its_journey() -> None:
    ours = [name for name in resources.names(".js") if not name.startswith("static/")]
    assert sorted(ours) == sorted(TRIED_IN)
    assert {each for each in TRIED_IN.values() if not (Path(__file__).parent / each).exists()} == set()


@left_to_ci("asks axe of every component in every state and theme")
def test_components_in_every_state(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/components")
    somebody.look("components")
    for menu in ("A menu", "A form"):
        page.get_by_text(menu, exact=True).click()
    somebody.look("components-menus")
    page.get_by_label("A name").press("Escape")
    expect(page.get_by_label("A name")).to_be_hidden()
    page.get_by_role("button", name="Open the dialog").click()
    somebody.look("components-dialog")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Open the dialog")).to_be_focused()


def test_components_are_for_developers(world: World, ada: Any) -> None:
    assert world.browser(ada).get("/workspace/components").status_code == 200
    object.__setattr__(world.services, "development", False)
    try:
        assert world.browser(ada).get("/workspace/components").status_code == 404
    finally:
        object.__setattr__(world.services, "development", True)


def test_the_search_is_one_key_away(ada: Any, person: Any) -> None:
    page = person(ada).go("/workspace/settings/profile")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("a/b")


def test_a_toast_takes_back(ada: Any, api: Any, person: Any) -> None:
    """What was done is said once, with the way back; nothing reloads the page."""
    case = api.json("POST", "/v1/cases", json={"title": "Before"})["id"]
    page = person(ada).go(f"/workspace/cases/{case}")
    page.evaluate("window.stayed = true")
    page.get_by_text("Edit title").click(force=True)
    page.get_by_label("Title").fill("After")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="After")).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Before")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_a_new_case_asks_for_its_contact_by_name(ada: Any, api: Any, person: Any) -> None:
    document = {"title": "Claim", "contacts": [{"key": "main", "name": "Insured"}]}
    api.json("POST", "/v1/case_templates", 201, json=document)
    page = person(ada).go("/workspace/cases")
    page.get_by_text("New case").click()
    expect(page.locator("[data-slot-name]")).to_have_text("Insured")
    page.get_by_label("Template").select_option(label="no template")
    expect(page.locator("[data-slot-name]")).to_have_text("Contact")


def test_a_link_is_copied(ada: Any, person: Any) -> None:
    somebody = person(ada)
    somebody.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = somebody.go("/workspace/settings/api")
    page.get_by_label("Name").fill("CRM")
    page.get_by_role("button", name="Create token").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Your new token").input_value()
