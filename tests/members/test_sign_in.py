"""Coming in: passwords, one-time links, sessions, and everything that must not open a door."""

import re
from typing import Any

import httpx
import pytest

from dossier.members import actions, jobs
from dossier.workspaces.model import Workspace
from tests.world import Browser, World

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator", given_name="Ada")


def visitor(world: World) -> Browser:
    return Browser(base_url=world.server.url, timeout=30)


def with_password(world: World, member: Any) -> Browser:
    browser = world.browser(member)
    assert "Your password is set" in browser.send_form("/workspace/settings/profile/password", new=PASSWORD).text
    return browser


def test_a_link_signs_in_once(world: World, ada: Any) -> None:
    link = f"/sign-in/link/{world.do(lambda tx: actions.link_for(tx, ada.email))}"
    first, second = visitor(world), visitor(world)
    assert first.get(link).status_code == 200, "looking does not use it up"
    assert first.post(link).status_code == 303
    assert "Ada" in first.get("/workspace/settings/profile").text
    assert second.post(link).status_code == 404


def test_a_link_ends_after_a_week_and_when_there_is_a_newer_one(world: World, ada: Any) -> None:
    old, late = (world.do(lambda tx: actions.link_for(tx, ada.email)) for _ in range(2))
    assert visitor(world).post(f"/sign-in/link/{old}").status_code == 404
    world.clock.forward(days=8)
    assert visitor(world).post(f"/sign-in/link/{late}").status_code == 404


def test_signing_in_with_a_password(world: World, ada: Any) -> None:
    with_password(world, ada)
    browser = visitor(world)
    answer = browser.post(
        "/sign-in", data={"email": ada.email.upper(), "password": PASSWORD, "next": "/workspace/settings/api"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/workspace/settings/api")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/workspace/settings/api").status_code == 200


def test_wrong_address_and_wrong_password_are_told_alike(world: World, ada: Any) -> None:
    with_password(world, ada)
    answers = [
        visitor(world).post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        for email in (ada.email, "nobody@example.org")
    ]
    assert {each.status_code for each in answers} == {400}
    texts = {re.sub(r'nonce="[^"]+"|value="[^"]*@[^"]*"', "", each.text) for each in answers}
    assert len(texts) == 1


def test_too_many_wrong_passwords(world: World, ada: Any) -> None:
    with_password(world, ada)
    sent = {"email": ada.email, "password": "wrong wrong wrong"}
    assert [visitor(world).post("/sign-in", data=sent).status_code for _ in range(11)] == [400] * 10 + [429]
    assert visitor(world).post("/sign-in", data=sent | {"password": PASSWORD}).status_code == 429
    world.clock.forward(minutes=16)
    assert visitor(world).post("/sign-in", data=sent | {"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(world: World, ada: Any, address: str) -> None:
    with_password(world, ada)
    answer = visitor(world).post("/sign-in", data={"email": ada.email, "password": PASSWORD, "next": address})
    assert answer.headers["location"] == "/workspace/cases"


def test_a_new_password_needs_the_present_one_and_ends_other_sessions(world: World, ada: Any) -> None:
    first = with_password(world, ada)
    other = world.browser(ada)
    assert (
        first.send_form("/workspace/settings/profile/password", new="another long one", current="no").status_code == 400
    )
    assert first.send_form("/workspace/settings/profile/password", new="short", current=PASSWORD).status_code == 400
    assert "Sign out" in other.get("/workspace/cases").text
    assert (
        "is set"
        in first.send_form("/workspace/settings/profile/password", new="another long one", current=PASSWORD).text
    )
    assert "Sign out" not in other.get("/workspace/cases").text


def test_signing_out_ends_the_session_on_the_server(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    cookies = dict(browser.cookies)
    browser.send_form("/sign-out")
    again = httpx.get(f"{world.server.url}/workspace/cases", cookies=cookies)
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in?next=/workspace/cases")


def test_forms_of_other_sites_are_refused(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    form = {"name": "CRM", "days": ""}
    assert browser.post("/workspace/settings/api", data=form).status_code == 403
    assert browser.post("/workspace/settings/api", data=form | {"form_token": "0" * 64}).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert browser.post("/sign-out", headers=foreign).status_code == 403


def test_plain_http_is_for_this_machine_only(world: World) -> None:
    answer = visitor(world).get("/sign-in", headers={"Host": "dossier.example.org"})
    assert answer.status_code == 403
    assert "DOSSIER_TRUSTED_PROXIES" in answer.text


def test_pages_let_in_no_script_but_ours(world: World) -> None:
    headers = visitor(world).get("/sign-in").headers
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/sign-in", "/workspace/cases", "/workspace/cases/{case}", "/workspace/templates"])
def test_the_first_view_is_small(world: World, workspace: Workspace, make_case: Any, path: str) -> None:
    """Below 150 kB with all that it needs; pages themselves are not compressed (BREACH), what they load is."""
    schema = [{"key": f"country_{n}", "type": "country", "name": "Country"} for n in range(3)]
    case = make_case(schema=schema)["id"]
    member = world.member(workspace, f"first-{workspace.slug}@example.org", "administrator")
    browser = visitor(world) if path == "/sign-in" else world.browser(member)
    page = browser.get(path.replace("{case}", case)).text
    files = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    sizes = [int(browser.get(each).headers["content-length"]) for each in files]
    assert len(files) == 5
    total = sum(sizes) + len(page.encode())
    assert total < 150_000, total


def test_an_administrators_link_does_not_open_other_workspaces(world: World, workspace: Workspace, ada: Any) -> None:
    victim = world.member(world.workspace(), f"eve-{workspace.slug}@example.org")
    browser = world.browser(ada)
    invited = browser.send_form("/workspace/settings/members", email=victim.email, role="handler")
    assert "has a password already" in invited.text
    assert "/sign-in/link/" not in invited.text
    refused = browser.send_form(f"/workspace/settings/members/{victim.id}/link")
    assert refused.status_code == 409


def test_an_administrators_link_ends_when_the_member_joins_another_workspace(
    world: World, workspace: Workspace, ada: Any
) -> None:
    email = f"new-{workspace.slug}@example.org"
    page = world.browser(ada).send_form("/workspace/settings/members", email=email, role="handler").text
    link = re.search(r"/sign-in/link/[\w-]+", page)
    assert link
    world.member(world.workspace(), email)
    assert visitor(world).post(link[0]).status_code == 404


def test_nobody_changes_their_own_place_and_one_administrator_stays(
    world: World, workspace: Workspace, ada: Any
) -> None:
    browser = world.browser(ada)
    assert browser.send_form(f"/workspace/settings/members/{ada.id}/role", role="handler").status_code == 409
    assert browser.send_form(f"/workspace/settings/members/{ada.id}/remove").status_code == 409
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org")
    his = world.browser(bob)
    assert browser.send_form(f"/workspace/settings/members/{bob.id}/role", role="limited").status_code == 200
    assert browser.send_form(f"/workspace/settings/members/{bob.id}/remove").status_code == 200
    assert "Sign out" not in his.get("/workspace/cases").text


def test_what_ended_is_forgotten(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    visitor(world).post("/sign-in", data={"email": ada.email, "password": "wrong wrong wrong"})
    world.do(lambda tx: actions.link_for(tx, ada.email))
    world.server.run(jobs.forget_sign_ins(world.database))
    assert "Sign out" in browser.get("/workspace/cases").text, "nothing that still holds"
    world.clock.forward(days=15)
    assert "Sign out" not in browser.get("/workspace/cases").text
    world.server.run(jobs.forget_sign_ins(world.database))
    for table in ("sessions", "sign_in_links", "sign_in_failures"):
        query = f"SELECT count(*) AS count FROM {table}"
        assert world.do(lambda tx, query=query: tx.one(query))["count"] == 0, table
