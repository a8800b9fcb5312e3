"""Steps in the app: looked at, changed and sent, planned, called off, given to somebody; also without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from dossier.messages import actions as messages
from dossier.steps.actions import due
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, World

STEPS = [
    {
        "key": "ask",
        "title": "Ask for papers",
        "type": "email",
        "recipient": "main",
        "subject": "Your claim {{ case.reference }}",
        "body": "Dear {{ contact.given_name }},\n\nplease send us *your papers*.",
        "reminders": [{"after": "P3D"}],
    },
    {
        "key": "call",
        "title": "Call them",
        "type": "task",
        "due": {"in": "P2D"},
        "body": "Ask {{ contact.given_name }}.",
    },
    {"key": "close", "title": "Close it", "type": "task", "after": ["call"]},
    {"key": "later", "title": "Write later", "type": "email", "recipient": "main", "subject": "Hi", "body": "Hi"},
]


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator", given_name="Ada")


@pytest.fixture
def case(api: Api, ada: Any) -> str:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim", "steps": STEPS})
    tess = {"key": "main", "given_name": "Tess", "email": "tess@example.org"}
    body = {
        "template": {"id": template["id"]},
        "contacts": [tess],
        "owner": {"email": ada.email},
        "title": "Tess’s car",
    }
    return str(api.json("POST", "/v1/cases", json=body)["id"])


@left_to_ci("does one step after the other, each with its screen", "journeys/test_steps.py::test_steps_without_scripts")
def test_a_day_of_steps(world: World, workspace: Workspace, ada: Any, case: str, person: Any) -> None:
    page = (user := person(ada)).go(f"/workspace/cases/{case}")
    steps = page.locator("#steps-card")
    expect(steps.get_by_text("after Call them")).to_be_visible()
    steps.get_by_role("link", name="Send … Ask for papers").click()
    expect(page.get_by_label("Subject")).to_have_value("Your claim {{ case.reference }}")
    expect(page.frame_locator("iframe").get_by_text("Dear Tess")).to_be_visible()
    page.get_by_label("Text").fill("Hello {{ contact.given_name }}, **hurry**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.frame_locator("iframe").get_by_text("Hello Tess")).to_be_visible()
    user.look("step-write")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(steps.locator('[data-state="started"]', has_text="Ask for papers")).to_be_visible()
    world.server.run(messages.send_waiting(world.services, workspace.id))
    page = user.go(f"/workspace/cases/{case}")
    steps.get_by_text("1 done").click()
    expect(steps.get_by_text("reminded next")).to_be_visible()
    steps.get_by_text("for whom, until when").first.click()
    steps.get_by_label("Who does it").first.select_option(ada.email)
    steps.get_by_label("Due").first.fill("2026-01-01T09:00")
    steps.get_by_role("button", name="Start Call them").click()
    expect(steps.get_by_text("for Ada")).to_be_visible()
    expect(steps.get_by_text("Ask Tess.")).to_be_visible()
    expect(steps.get_by_text("overdue since")).to_be_visible()
    steps.get_by_role("link", name="Send … Write later").click()
    page.get_by_label("Not before").fill("2099-01-01T09:00")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(steps.get_by_text("starts")).to_be_visible()
    user.look("steps")
    steps.get_by_role("button", name="Call off Write later").click()
    expect(steps.locator('[data-state="cancelled"]')).to_be_visible()
    world.server.run(due.do_all(world.services))


def test_steps_without_scripts(world: World, workspace: Workspace, api: Api, ada: Any, case: str) -> None:
    browser = world.browser(ada)
    page = f"/workspace/cases/{case}"
    shown = browser.get(f"{page}/steps/ask/write").text
    assert "Your claim {{ case.reference }}" in shown
    seen = {"seen.to": "main", "to": "main", "seen.subject": "S", "subject": "S", "seen.body": "B", "body": "Mine"}
    assert "Dear Tess" in browser.get(f"{page}/steps/ask/write/shown").text
    tested = browser.send_form(f"{page}/steps/ask/write", **seen, do="test")
    assert f"on its way to {ada.email}" in tested.text
    refused = browser.send_form(f"{page}/steps/ask/write", **seen | {"body": "{{ nope }}"}, do="send")
    assert refused.status_code == 400
    assert "nope" in refused.text
    browser.send_form(f"{page}/steps/ask/write", **seen, do="send")
    sent = api.json("GET", "/v1/messages", params={"case[id]": case})["data"]
    assert sorted((each["to"][0], each["step"]) for each in sent) == sorted(
        [(ada.email, None), ("tess@example.org", "ask")], key=str
    )
    browser.send_form(f"{page}/steps/later/write", to="main", subject="Hi", body="Hi", send_at="2099-01-01T09:00")
    states = {each["id"]: each["status"] for each in api.json("GET", f"/v1/cases/{case}")["steps"]}
    assert states["later"] == "scheduled"
    browser.send_form(f"{page}/steps/later/cancel")
    states = {each["id"]: each["status"] for each in api.json("GET", f"/v1/cases/{case}")["steps"]}
    assert states["later"] == "cancelled"
    assert browser.get(f"{page}/steps/call/write").status_code == 404


def test_a_step_is_designed(api: Api, ada: Any, person: Any) -> None:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim", "steps": STEPS})["id"]
    page = (user := person(ada)).go(f"/workspace/templates/{template}/edit/steps?key=ask")
    expect(page.get_by_label("Recipient", exact=True)).to_have_value("main")
    page.get_by_label("Reminded after", exact=True).first.fill("4")
    page.get_by_label("Waits before it starts", exact=True).fill("2")
    page.get_by_label("Call them").check()
    page.get_by_label("Text", exact=True).fill("Dear {{ contact.name }}")
    user.look("step-designer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Claim")).to_be_visible()
    page = user.go(f"/workspace/templates/{template}/edit/steps?key=ask")
    expect(page.get_by_label("Reminded after", exact=True).first).to_have_value("4")
    expect(page.get_by_label("Call them")).to_be_checked()
