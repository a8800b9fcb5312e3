"""Members are told of what concerns them: in the app, each in their own way, never of what they did themselves."""

import re
from typing import Any

import pytest

from dossier.foundation.actor import SERVER
from dossier.notices.jobs import forget
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

NOTICES, CHOICES = "/workspace/notices", "/workspace/settings/notices"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada")


@pytest.fixture
def browser(world: World, ada: Any) -> Browser:
    return world.browser(ada)


def give(api: Api, email: str, title: str = "Fire at the mill") -> dict[str, Any]:
    case = api.json("POST", "/v1/cases", json={"title": title, "owner": {"email": email}})
    return dict(case)


def count(browser: Browser) -> str:
    page = browser.get(NOTICES + "/bell").text
    found = re.search(r"d-bell-count\">([^<]*)<", page)
    return found[1] if found else ""


def test_who_is_given_a_case_is_told(api: Api, ada: Any, browser: Browser) -> None:
    assert count(browser) == ""
    assert "Nothing yet." in browser.get(NOTICES).text
    case = give(api, ada.email)
    assert count(browser) == "1"
    page = browser.get(NOTICES).text
    assert "Fire at the mill" in page
    assert "This case is yours now." in page
    (id,) = re.findall(rf'action="{NOTICES}/([0-9a-f-]+)"', page)
    led = browser.send_form(f"{NOTICES}/{id}")
    assert str(led.url).endswith(f"/workspace/cases/{case['id']}")
    assert count(browser) == ""
    assert "data-unseen" not in browser.get(NOTICES).text


def test_who_is_given_a_case_later_is_told_and_nobody_of_the_rest(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser
) -> None:
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org", given_name="Bob")
    case = give(api, ada.email)
    browser.send_form(NOTICES + "/seen")
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Another"})
    assert count(browser) == ""
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": bob.email}})
    assert count(browser) == ""
    assert count(world.browser(bob)) == "1"


def test_nobody_is_told_of_what_they_did_themselves(api: Api, ada: Any, browser: Browser) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "Nobody's"})
    version = re.search(r'name="version" value="(\d+)"', browser.get(f"/workspace/cases/{case['id']}").text)
    assert version
    browser.send_form(f"/workspace/cases/{case['id']}/owner", value=ada.email, owner=ada.email, version=version[1])
    assert api.json("GET", f"/v1/cases/{case['id']}")["owner"]["email"] == ada.email
    assert count(browser) == ""


def test_what_somebody_does_not_want_to_know_is_not_kept(api: Api, ada: Any, browser: Browser) -> None:
    page = browser.send_form(CHOICES, assigned="off").text
    assert "Saved." in page
    assert re.search(r'id="assigned".*?<option value="off" selected>', page, re.DOTALL)
    give(api, ada.email)
    assert count(browser) == ""
    assert browser.send_form(CHOICES, assigned="loudly").status_code == 400
    browser.send_form(CHOICES, assigned="bell")
    give(api, ada.email)
    assert count(browser) == "1"


def test_notices_of_others_and_of_other_workspaces_are_theirs(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser
) -> None:
    give(api, ada.email)
    (id,) = re.findall(rf'action="{NOTICES}/([0-9a-f-]+)"', browser.get(NOTICES).text)
    bob = world.browser(world.member(workspace, f"bob-{workspace.slug}@example.org"))
    assert "Fire at the mill" not in bob.get(NOTICES).text
    assert bob.send_form(f"{NOTICES}/{id}").status_code == 404
    bob.send_form(NOTICES + "/seen")
    assert count(browser) == "1"
    foreign = world.browser(world.member(world.workspace(), f"eve-{workspace.slug}@example.org"))
    assert foreign.send_form(f"{NOTICES}/{id}").status_code == 404
    assert count(browser) == "1"


def test_a_limited_member_does_not_see_what_a_case_is_called_that_is_not_theirs_any_more(
    world: World, workspace: Workspace, api: Api, ada: Any
) -> None:
    lea = world.member(workspace, f"lea-{workspace.slug}@example.org", "limited")
    case = give(api, lea.email, "A secret matter")
    assert "A secret matter" in world.browser(lea).get(NOTICES).text
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": ada.email}})
    page = world.browser(lea).get(NOTICES).text
    assert "This case is yours now." in page
    assert "A secret matter" not in page


def test_notices_go_with_the_case_and_with_the_place(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser, database_url: str
) -> None:
    case = give(api, ada.email)
    assert api.delete(f"/v1/cases/{case['id']}").status_code in (200, 204)
    assert count(browser) == ""
    give(api, ada.email)
    boss = world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))
    boss.send_form(f"/workspace/settings/members/{ada.id}/remove")
    assert not rows(world, ada)


def test_notices_are_forgotten_after_ninety_days(world: World, api: Api, ada: Any, browser: Browser) -> None:
    give(api, ada.email)
    world.clock.forward(days=89)
    world.server.run(forget(world.services))
    assert rows(world, ada)
    world.clock.forward(days=2)
    world.server.run(forget(world.services))
    assert not rows(world, ada)


def rows(world: World, member: Any) -> list[Any]:
    async def read() -> list[Any]:
        async with world.database.reading(SERVER) as reading:
            return await reading.all("SELECT id FROM notices WHERE member_id = %(member)s", member=member.id)

    return list(world.server.run(read()))
