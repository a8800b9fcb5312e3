"""Each act that an auditor asks for leaves an entry: done through its door, read on the page, by the API, in the log."""

import re
from typing import Any

import psycopg
import pyotp
import pytest

from dossier.audit import actions as audit_actions
from dossier.audit.model import ACTS
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

PASSWORD = "correct horse battery"
PROFILE = "/workspace/settings/profile"
MEMBERS = "/workspace/settings/members"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"audit-{workspace.slug}@example.org", "administrator", given_name="Ada")


@pytest.fixture
def browser(world: World, ada: Any) -> Browser:
    return world.browser(ada)


def entries(api: Api, act: str = "") -> list[dict[str, Any]]:
    params = {"page[size]": "100"} | ({"act": act} if act else {})
    return list(api.json("GET", "/v1/audit", params=params)["data"])


def last(api: Api, act: str, **expected: Any) -> dict[str, Any]:
    """The newest entry of that kind, which has these members."""
    found = entries(api, act)
    assert found, f"{act} is not recorded"
    assert {name: found[0][name] for name in expected} == expected
    assert found[0]["client"] == "127.0.0.1" or found[0]["via"] in ("cli", "system")
    assert re.fullmatch("[0-9a-f-]{36}", found[0]["request"]) or found[0]["via"] in ("cli", "system")
    return found[0]


@pytest.mark.long
def test_coming_in_and_going_out(world: World, api: Api, ada: Any, browser: Browser) -> None:
    """[S12] Links, passwords right and wrong, second factors, ended sessions."""
    last(api, "link.made", via="cli")
    last(api, "link.used", result="done", subject=str(ada.id))
    browser.send_form(PROFILE + "/password", new=PASSWORD)
    last(api, "member.password_set", subject=str(ada.id))
    other = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    other.post("/sign-in", data={"email": ada.email, "password": "wrong wrong wrong"})
    failed = last(api, "member.sign_in_failed", result="failed")
    assert failed["actor"] == {"type": "member", "id": str(ada.id), "name": "Ada"}
    other.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    last(api, "member.signed_in", result="done")
    other.send_form("/sign-out")
    last(api, "member.signed_out")
    page = browser.send_form(PROFILE + "/second-factor").text
    secret = re.search(r'<code class="dossier-wrap">(\w+)</code>', page)
    assert secret
    browser.send_form(PROFILE + "/second-factor/confirm", code=pyotp.TOTP(secret[1]).at(world.clock()))
    last(api, "second_factor.added")
    other.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    other.post("/sign-in/code", data={"code": "000000"})
    last(api, "second_factor.failed", result="failed")
    world.clock.forward(seconds=60)
    browser.send_form(PROFILE + "/second-factor/remove", code=pyotp.TOTP(secret[1]).at(world.clock()))
    last(api, "second_factor.removed")
    browser.send_form(PROFILE + "/sessions", session="others")
    last(api, "member.sessions_ended")


def test_what_is_tried_in_a_session_and_over_the_api(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser
) -> None:
    """[S12 S7] Wrong passwords and codes inside a session, and what a token may not."""
    browser.send_form(PROFILE + "/password", new=PASSWORD)
    browser.send_form(PROFILE + "/password", new=PASSWORD + " 2", current="wrong wrong wrong")
    last(api, "member.password_set", result="failed")
    page = browser.send_form(PROFILE + "/second-factor").text
    assert "otpauth" not in page
    browser.send_form(PROFILE + "/second-factor/confirm", code="000000")
    last(api, "second_factor.failed", result="failed")
    foreign = world.workspace()
    assert api.get(f"/v1/cases?workspace[id]={foreign.id}").status_code == 403
    last(api, "request.refused", result="refused", subject="GET /v1/cases", via="api")


def test_the_operators_acts_are_there_too(world: World, workspace: Workspace, api: Api) -> None:
    """[S12] The workspace, and who was given a place in it."""
    last(api, "workspace.made", subject=str(workspace.id))
    member = world.member(workspace, f"placed-{workspace.slug}@example.org")
    last(api, "member.added", subject=str(member.id), details={"role": "handler"})


def test_no_act_is_shown_by_its_key(browser: Browser) -> None:
    page = browser.get("/workspace/settings/audit").text
    assert not [act for act in ACTS if f">{act}<" in page]


def test_who_is_let_in_and_given_what(world: World, workspace: Workspace, api: Api, browser: Browser) -> None:
    """[S12 S6] Invitations, roles, removals, colleagues' links, tokens, the workspace itself."""
    email = f"bob-{workspace.slug}@example.org"
    page = browser.send_form(MEMBERS, email=email, role="handler").text
    bob = last(api, "member.invited", details={"role": "handler"})["subject"]
    link = re.search(r"/sign-in/link/[\w-]+", page)
    assert link
    Browser(base_url=world.server.url, timeout=30).post(link[0])
    assert last(api, "member.accepted")["actor"]["id"] == bob
    browser.send_form(f"{MEMBERS}/{bob}/link")
    assert last(api, "link.made", via="link", subject=bob)["actor"]["name"] == "Ada"
    browser.send_form(f"{MEMBERS}/{bob}/role", role="limited")
    last(api, "member.role_changed", subject=bob, details={"role": "limited"})
    browser.send_form(f"{MEMBERS}/{bob}/studio", studio="yes")
    last(api, "member.studio_changed", subject=bob)
    browser.send_form(f"{MEMBERS}/{bob}/remove")
    last(api, "member.removed", subject=bob)
    browser.send_form("/workspace/settings/api", name="CRM", days="90")
    token = last(api, "token.made", details={"expires": True})["subject"]
    browser.send_form(f"/workspace/settings/api/{token}", name="CRM 2")
    browser.send_form(f"/workspace/settings/api/{token}/revoke")
    last(api, "token.revoked", subject=token)
    browser.send_form("/workspace/settings/general", name="Claims", time_zone="UTC")
    last(api, "workspace.changed")


def test_what_is_taken_out_and_erased(world: World, workspace: Workspace, api: Api, browser: Browser) -> None:
    """[S12] Exports, erased cases and people, and refusals, with no personal value but the actor's name."""
    case = api.json("POST", "/v1/cases", json={"title": "Canary", "contacts": [{"given_name": "Canary"}]})
    browser.get("/workspace/cases/export.csv")
    last(api, "cases.exported")
    browser.get("/workspace/cases/export.xlsx")
    assert len(entries(api, "cases.exported")) == 2
    api.delete(f"/v1/contacts/{case['contacts'][0]['id']}")
    last(api, "contact.erased", details={"cases": 1}, via="api")
    api.delete(f"/v1/cases/{case['id']}")
    last(api, "case.erased", subject=case["id"])
    limited = world.browser(world.member(workspace, f"lim-{workspace.slug}@example.org", "limited"))
    assert limited.get(MEMBERS).status_code == 403
    last(api, "request.refused", result="refused", subject=f"GET {MEMBERS}")
    assert "Canary" not in str(entries(api))


def test_the_page_is_for_administrators(world: World, workspace: Workspace, api: Api, browser: Browser) -> None:
    """[S12] In words, the newest first, and by kind; a page for another workspace shows nothing of this one."""
    browser.send_form("/workspace/settings/general", name="Renamed", time_zone="UTC")
    page = browser.get("/workspace/settings/audit").text
    assert "changed the workspace" in page
    assert "came in by a one-time link" in page
    only = browser.get("/workspace/settings/audit?act=workspace.changed").text
    assert "came in by a one-time link</" not in only.partition("<tbody>")[2]
    stranger = world.browser(world.member(world.workspace(), f"str-{workspace.slug}@example.org", "administrator"))
    assert "changed the workspace" not in stranger.get("/workspace/settings/audit").text.partition("<tbody>")[2]


def test_a_walk_by_id_and_an_unknown_act(api: Api, browser: Browser) -> None:
    for number in range(3):
        browser.send_form("/workspace/settings/general", name=f"N {number}", time_zone="UTC")
    first = api.json("GET", "/v1/audit", params={"page[size]": 2, "act": "workspace.changed"})
    rest = api.json(
        "GET", "/v1/audit", params={"page[size]": 2, "act": "workspace.changed", "before": first["data"][-1]["id"]}
    )
    assert (first["meta"]["total_count"], len(first["data"]), len(rest["data"])) == (3, 2, 1)
    assert api.get("/v1/audit?act=nothing").status_code == 400
    assert browser.get("/workspace/settings/audit?act=nothing").status_code == 400, "not every act"


def test_entries_are_forgotten_after_two_years(world: World, api: Api, browser: Browser, database_url: str) -> None:
    browser.send_form("/workspace/settings/general", name="Old", time_zone="UTC")
    with psycopg.connect(database_url) as owner:  # a server may not change entries
        owner.execute("UPDATE audit_entries SET at = at - interval '731 days' WHERE act = 'workspace.changed'")
    world.do(audit_actions.forget)
    assert entries(api, "workspace.changed") == []


def test_every_kind_of_act_has_words() -> None:
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", each) for each in ACTS)
