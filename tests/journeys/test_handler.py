"""What a case handler and an administrator do in a day, in a real browser."""

import json
import re
import subprocess
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from dossier.demo import example
from dossier.members import actions
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, World


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(
        workspace, f"ada-{workspace.slug}@example.org", "administrator", given_name="Ada", family_name="Lovelace"
    )


@pytest.fixture
def claim(api: Api, ada: Any) -> Any:
    """A case like those of the demo: every field type that is typed in."""
    template = api.json("POST", "/v1/case_templates", 201, json=example("motor-claim.yaml"))
    said = example("demo.yaml")["cases"][0]
    schema = [{"key": key, "value": value} for key, value in said["data"].items()]
    body = {"title": said["title"], "contacts": said["contacts"], "schema": schema}
    return api.json(
        "POST", "/v1/cases", json=body | {"template": {"id": template["id"]}, "owner": {"email": ada.email}}
    )


def test_signing_in_with_a_link_then_a_password(world: World, ada: Any, person: Any) -> None:
    secret = world.do(lambda tx: actions.link_for(tx, ada.email))
    page = (user := person()).go(f"/sign-in/link/{secret}")
    user.look("link")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    page.get_by_role("link", name="Set a password").click()
    page.get_by_label("New password").fill("correct horse battery")
    user.look("profile")
    page.get_by_role("button", name="Set password").click()
    expect(page.locator("#content").get_by_role("status").filter(has_text="Your password is set")).to_be_visible()
    page.get_by_text("my account").click(force=True)
    user.look("account")
    page.get_by_role("button", name="Sign out").click()
    user.look("sign-in")
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_label("Password").fill("wrong wrong wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    expect(page.get_by_text("You came in by a one-time link.")).to_have_count(0)


@left_to_ci("takes four pictures of screens on the way", "journeys/test_settings.py::test_the_workspace_and_its_tokens")
def test_a_token_made_in_the_settings_works(world: World, workspace: Workspace, ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/api")
    somebody.look("tokens-empty")
    page.get_by_label("Name").fill("CRM")
    page.get_by_label("Description").fill("Moves claims from the broker's CRM")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("Your new token").input_value()
    somebody.look("tokens")
    command = ["curl", "-sS", f"{world.server.url}/v1/workspaces", "-H", f"Authorization: Bearer {token}"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [each["slug"] for each in answer["data"]] == [workspace.slug]
    somebody.go("/workspace/settings/api")
    assert token not in page.content()
    revoke = page.get_by_role("button", name="Revoke")
    revoke.click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Revoke “CRM”?")
    somebody.look("tokens-revoke")
    asked.get_by_role("button", name="Cancel").click()
    expect(revoke).to_be_focused()
    revoke.click()
    asked.get_by_role("button", name="Revoke").click()
    expect(page.locator(".badge", has_text="revoked")).to_be_visible()
    assert (
        httpx.get(f"{world.server.url}/v1/workspaces", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    )


def test_a_role_is_changed_by_choosing_it(world: World, ada: Any, workspace: Workspace, person: Any) -> None:
    """No button sends this form: the question is asked all the same, and who says no sees the role as it is."""
    lee = world.member(workspace, f"lee-{workspace.slug}@example.org")
    page = person(ada).go("/workspace/settings/members")
    role, asked = page.get_by_label(f"Role of {lee.email}", exact=True), page.get_by_role("dialog")
    before = role.input_value()
    role.select_option("limited")
    expect(asked).to_contain_text(f"Change the role of {lee.email}?")
    asked.get_by_role("button", name="Cancel").click()
    expect(role).to_have_value(before)
    role.select_option("limited")
    asked.get_by_role("button", name="Continue").click()
    expect(page.locator("#toasts")).to_contain_text(f"Role of {lee.email}: Limited: done.")
    expect(page.get_by_label(f"Role of {lee.email}", exact=True)).to_have_value("limited")


def test_inviting_a_colleague(ada: Any, workspace: Workspace, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/members")
    page.get_by_label("E-mail address", exact=True).fill(f"bob-{workspace.slug}@example.org")
    page.get_by_label("Given name").fill("Bob")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("The one-time link").input_value()
    somebody.look("members")
    colleague = person()
    colleague.page.goto(link)
    colleague.page.get_by_role("button", name="Continue").click()
    expect(colleague.page.get_by_text("You came in by a one-time link.")).to_be_visible()


def test_a_case_from_the_list_to_the_archive(ada: Any, claim: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/cases")
    somebody.look("cases")
    page.get_by_role("link", name=claim["title"]).click()
    somebody.look("case")
    plate = page.get_by_label("Number plate")
    plate.fill("2-ZZZ-999")
    plate.press("Tab")
    expect(page.get_by_role("status").filter(has_text="Number plate saved")).to_be_attached()
    page.reload()
    expect(page.get_by_label("Number plate")).to_have_value("2-ZZZ-999")
    expect(page.get_by_label("Timeline")).to_contain_text("2-ZZZ-999")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_label("Number plate")).not_to_have_value("2-ZZZ-999")
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("#state")).to_contain_text("archived")
    expect(page.get_by_label("Number plate")).to_be_disabled()
    page.get_by_role("button", name="Take out of the archive").click()
    expect(page.get_by_label("Number plate")).to_be_enabled()


@left_to_ci(
    "another journey shows it at another field", "journeys/test_saving.py::test_a_wrong_address_is_refused_on_the_field"
)
def test_a_value_that_does_not_fit_says_why_and_is_kept(ada: Any, claim: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go(f"/workspace/cases/{claim['id']}")
    number = page.get_by_label("Policy number")
    number.fill("12")
    number.press("Tab")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Policy number")).to_have_value("12")
    somebody.look("case-bad-value")


@left_to_ci(
    "waits in two windows for what the other does",
    "journeys/test_saving.py::test_what_happens_before_a_page_listens_is_seen",
)
def test_two_people_at_one_field(ada: Any, claim: Any, api: Api, person: Any) -> None:
    somebody, other = person(ada), person(ada)
    page, elsewhere = (each.go_and_listen(f"/workspace/cases/{claim['id']}") for each in (somebody, other))
    page.get_by_label("Number plate").fill("MINE")
    elsewhere.get_by_label("Number plate").fill("THEIRS")
    elsewhere.get_by_label("Number plate").blur()
    expect(page.locator("#timeline-card")).to_contain_text("THEIRS")
    expect(page.get_by_label("Number plate")).to_have_value("MINE")
    page.get_by_label("Number plate").blur()
    expect(page.get_by_role("alert")).to_contain_text("THEIRS")
    expect(page.get_by_label("Number plate")).to_have_value("MINE")
    somebody.look("case-conflict")
    page.get_by_role("button", name="Save mine").click()
    expect(page.get_by_role("status").filter(has_text="Number plate saved")).to_be_attached()
    case = api.json("GET", f"/v1/cases/{claim['id']}")
    assert next(each["value"] for each in case["schema"] if each["key"] == "plate") == "MINE"


@left_to_ci(
    "what pages show to whom, once more in a browser",
    "members/test_page_permissions.py::test_role_permissions",
    "members/test_page_permissions.py::test_limited_members_find_no_case_of_others",
)
def test_role_permissions_in_the_app(world: World, workspace: Workspace, claim: Any, api: Api, person: Any) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited", given_name="Eve")
    api.json("POST", "/v1/cases", json={"title": "Hers", "owner": {"email": eve.email}})
    somebody = person(eve)
    page = somebody.go("/workspace/cases")
    expect(page.get_by_role("link", name="Hers")).to_be_visible()
    expect(page.get_by_role("link", name=claim["title"])).to_have_count(0)
    expect(page.locator("#total")).to_have_text("1")
    expect(page.get_by_role("link", name="Templates")).to_have_count(0)
    page.get_by_role("link", name="Hers").click()
    expect(page.get_by_label("Owner")).to_have_count(0)
    for path in (f"/workspace/cases/{claim['id']}", "/workspace/settings/api", "/workspace/templates"):
        somebody.go(path)
        expect(page.get_by_role("heading")).to_have_text(re.compile("Not found|Not allowed"))
    somebody.look("not-allowed")


@left_to_ci(
    "two journeys make cases already",
    "journeys/test_in_place.py::test_a_case_is_made_and_changed_and_asks_in_place",
    "journeys/test_components.py::test_a_new_case_asks_for_its_contact_by_name",
)
def test_a_new_case(ada: Any, claim: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/cases")
    page.get_by_text("New case").click()
    page.get_by_label("Title").fill("A dent in the door")
    page.get_by_label("Given name").fill("Emma")
    somebody.look("case-new")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="A dent in the door")).to_be_visible()
    expect(page.get_by_label("Owner")).to_have_value(ada.email)
    expect(page.locator("#contacts-card")).to_contain_text("Emma")


@left_to_ci("goes through all of a case's card one after the other", "journeys/test_steps.py::test_a_step_is_designed")
def test_steps_contacts_and_who_is_next(ada: Any, claim: Any, api: Api, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go(f"/workspace/cases/{claim['id']}")
    step = page.get_by_label("Steps").get_by_role("button", name="Start").first
    title = (step.get_attribute("aria-label") or "").removeprefix("Start ")
    step.click()
    page.get_by_label(f"Note on {title}").fill("She calls back")
    page.get_by_role("button", name=f"Done: {title}").click()
    expect(page.get_by_label("Steps")).to_contain_text("done")
    expect(page.get_by_label("Timeline")).to_contain_text(f"{title}: started → done · “She calls back”")
    page.get_by_text("Edit expert").click()
    page.locator("#expert-given_name").fill("Lea")
    page.locator("#expert-email").fill("lea@expert.example")
    somebody.look("case-contact")
    page.get_by_role("button", name="Save expert").click()
    expect(page.get_by_label("Contacts", exact=True)).to_contain_text("lea@expert.example")
    page.get_by_label("Waiting for").select_option("contact")
    expect(page.get_by_label("Timeline")).to_contain_text("Waiting for: Nobody → The contact")
    page.get_by_label("Owner").select_option("")
    expect(page.get_by_label("Timeline")).to_contain_text("Ada Lovelace → nobody")
    case = api.json("GET", f"/v1/cases/{claim['id']}")
    assert (case["waiting_for"], case["owner"]) == ("contact", None)
    assert [each["given_name"] for each in case["contacts"] if each["key"] == "expert"] == ["Lea"]
    assert "She calls back" in str(case["steps"])


@left_to_ci(
    "signs in, waits, and signs in again", "journeys/test_in_place.py::test_who_is_asked_for_a_password_comes_back"
)
def test_what_gives_power_asks_again_and_keeps_what_was_typed(world: World, ada: Any, person: Any) -> None:
    """[S21] A quarter of an hour later: the password, then the token that was typed is there."""
    somebody = person(ada)
    page = somebody.go("/workspace/settings/profile")
    page.get_by_label("New password").fill("correct horse battery")
    page.get_by_role("button", name="Set password").click()
    expect(page.locator("#content").get_by_role("status").filter(has_text="Your password is set")).to_be_visible()
    somebody.go("/workspace/settings/api")
    page.get_by_label("Name").fill("CRM of the branch")
    world.clock.forward(minutes=16)
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    somebody.look("confirm")
    page.get_by_label("Your password").fill("wrong wrong wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not your present password")
    page.get_by_label("Your password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your new token")).to_be_visible()
    expect(page.locator("table")).to_contain_text("CRM of the branch")
