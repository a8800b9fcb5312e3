"""Settings as their owners see them, and a case from sign-in to status without a mouse."""

from typing import Any

import pyotp
from playwright.sync_api import Page, expect

from dossier.members import actions
from dossier.workspaces.model import Workspace
from tests.journeys.test_handler import ada, claim
from tests.many import left_to_ci
from tests.world import Api, World

__all__ = ["ada", "claim"]  # fixtures


@left_to_ci(
    "signs in several times, and looks at each screen",
    "journeys/test_handler.py::test_signing_in_with_a_link_then_a_password",
)
def test_a_second_factor_on_a_phone(world: World, ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/profile")
    page.get_by_label("New password").fill("correct horse battery")
    page.get_by_role("button", name="Set password").click()
    expect(page.locator("#content").get_by_role("status").filter(has_text="Your password is set")).to_be_visible()
    page.get_by_role("button", name="Set up").click()
    secret = page.locator("code").inner_text()
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    somebody.look("second-factor")
    page.get_by_label("The code that it shows now").fill(pyotp.TOTP(secret).at(world.clock()))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".dossier-codes li").first).to_be_visible()
    codes = page.locator(".dossier-codes li").all_inner_texts()
    somebody.look("recovery-codes")
    other = person()
    page = other.go("/sign-in")
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    other.look("sign-in-code")
    page.get_by_label("The code that your app shows").fill(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()


@left_to_ci(
    "another journey changes the language",
    "journeys/test_in_place.py::test_a_profile_is_changed_in_place_in_another_language",
    "journeys/test_layout.py::test_the_toolbar_is_one_line_from_1200_pixels_on",
)
def test_the_app_in_french(ada: Any, claim: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/profile")
    page.get_by_label("Language", exact=True).select_option(label="Français")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Mon profil")).to_be_visible()
    somebody.look("profile-french")
    somebody.go(f"/workspace/cases/{claim['id']}")
    expect(page.get_by_role("heading", name="Chronologie")).to_be_visible()
    somebody.look("case-french")
    somebody.go("/workspace/cases")
    somebody.look("cases-french")


def test_the_workspace_and_its_tokens(world: World, workspace: Workspace, ada: Any, person: Any) -> None:
    second = world.workspace()
    world.member(second, ada.email, "administrator")
    somebody = person(ada)
    page = somebody.go("/workspace/settings/general")
    if page.get_by_label("Name of the workspace").input_value() != workspace.name:
        page.get_by_text("switch workspace").click(force=True)
        page.get_by_role("button", name=workspace.name, exact=True).click()
        expect(page.get_by_role("heading", name="Cases")).to_be_visible()
        somebody.go("/workspace/settings/general")
    page.get_by_label("Name of the workspace").fill("Claims")
    page.get_by_label("Time zone").select_option("Europe/Brussels")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content").get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    somebody.look("general")
    somebody.go("/workspace/settings/api")
    page.get_by_label("Name", exact=True).fill("CRM")
    page.get_by_role("checkbox", name=second.name).check()
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text("covers 2 workspaces")).to_be_visible()
    page.get_by_text("Edit CRM").click()
    page.get_by_label("Name of the token").fill("CRM of the brokers")
    somebody.look("token-edit")
    page.get_by_role("button", name="Save CRM").click()
    expect(page.get_by_text("Edit CRM of the brokers")).to_be_visible()


def pressed_to(page: Page, name: str, role: str = "") -> None:
    """Press Tab until the thing with that name has the focus, as who has no mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const each = document.activeElement; const label = each.labels?.[0]?.innerText ?? '';"
            " return [each.getAttribute('aria-label') ?? '', label, each.innerText ?? ''].join('|'); }"
        )
        if any(part.strip().startswith(name) for part in found.split("|")):
            ring = page.evaluate(
                "() => { const style = getComputedStyle(document.activeElement);"
                " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; }"
            )
            assert ring, f"one sees where the focus is: {name}"
            return
    raise AssertionError(name)


@left_to_ci(
    "walks through sign-in, list and case key by key", "journeys/test_saving.py::test_arrow_keys_choose_and_do_not_act"
)
def test_a_case_without_a_mouse(world: World, ada: Any, claim: Any, api: Api, person: Any) -> None:
    secret = world.do(lambda tx: actions.link_for(tx, ada.email))
    page = person().go(f"/sign-in/link/{secret}")
    pressed_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name=claim["title"])).to_be_visible()
    pressed_to(page, claim["title"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=claim["title"])).to_be_visible()
    pressed_to(page, "Number plate")
    page.keyboard.press("Control+A")
    page.keyboard.type("KEY-1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("status").filter(has_text="Number plate saved")).to_be_attached()
    pressed_to(page, "Waiting for")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline-card")).to_contain_text("Waiting for: Nobody → ")
    page.wait_for_load_state()
    pressed_to(page, "Archive")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("archived")
    case = api.json("GET", f"/v1/cases/{claim['id']}")
    assert next(each["value"] for each in case["schema"] if each["key"] == "plate") == "KEY-1"
    assert (case["waiting_for"], bool(case["archived_at"])) == ("owner", True)


@left_to_ci(
    "waits for samples that are drawn anew, and looks at each", "journeys/test_messages.py::test_where_messages_leave"
)
def test_what_messages_have_in_common_is_written_and_seen(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/messages")
    page.get_by_label("Signature").fill("Kind regards,\n**Ada**")
    page.locator("#text-closing- button").click()
    shown = page.frame_locator(".d-sample-phone").locator("strong", has_text="Ada")
    expect(shown).to_be_visible()
    somebody.look("message-texts")
