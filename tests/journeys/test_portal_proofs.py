"""[F9] The portal for everybody: the page of all that is asked, a screen reader's tree, the keyboard alone, 400 %, inside other sites, lines that break."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.cli.served import until
from tests.journeys.test_portal import Phone, made, phone
from tests.portal.support import WHOLE, make_form
from tests.portal.test_personal import codes
from tests.world import World

__all__ = ["made", "phone"]


@pytest.mark.long
def test_all_that_is_asked_behind_one_code(world: World, phone: Any) -> None:
    workspace = world.workspace()
    for number, access in enumerate(("email_code", "direct", "password")):
        made = make_form(world, workspace, WHOLE | {"title": f"Question {number}"}, access=access)
    person: Phone = phone(made)
    page = person.page
    page.goto(f"{world.server.url}/me/{workspace.slug}")
    person.look("personal")
    page.get_by_label("Your e-mail address").fill("nobody")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_contain_text("Type an e-mail address")
    person.look("personal-wrong")
    page.get_by_label("Your e-mail address").fill("eve@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    person.look("personal-code")
    until(lambda: bool(codes(world, workspace)))
    (code,) = codes(world, workspace)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What is asked of you")).to_be_visible()
    person.look("personal-requests")
    page.goto(page.url + "?lang=ar")
    person.look("personal-requests-arabic")
    page.goto(page.url.partition("?")[0])
    page.get_by_role("button", name=re.compile("Start ?: *Question 0")).click()
    expect(page.get_by_role("heading", name="Question 0")).to_be_visible()
    page.goto(f"{world.server.url}/me/{workspace.slug}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    person.look("personal-left")
