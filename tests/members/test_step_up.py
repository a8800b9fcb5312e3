"""What a stolen session must not do: a quarter of an hour after signing in, the password or a code is asked for again."""

import re
from typing import Any

import pyotp
import pytest

from dossier.workspaces.model import Workspace
from tests.members.test_sign_in import PASSWORD, with_password
from tests.world import Api, Browser, World

API, MEMBERS, PROFILE = (f"/workspace/settings/{each}" for each in ("api", "members", "profile"))
ASKED = "Is it you?"


@pytest.fixture
def later(world: World) -> Any:
    """A quarter of an hour after what was before."""
    return lambda: world.clock.forward(minutes=16)


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-up-{workspace.slug}@example.org", "administrator", given_name="Ada")


@pytest.fixture
def browser(world: World, ada: Any) -> Browser:
    return with_password(world, ada)


FORMS = [
    (API, {"name": "Stolen"}),
    (MEMBERS, {"email": "thief@example.org", "role": "administrator"}),
    (MEMBERS + "/{bob}/role", {"role": "administrator"}),
    (MEMBERS + "/{bob}/studio", {"studio": "yes"}),
    (MEMBERS + "/{bob}/link", {}),
    (MEMBERS + "/{bob}/remove", {"to": ""}),
    (PROFILE + "/second-factor", {}),
]


@pytest.mark.long
@pytest.mark.parametrize(("path", "sent"), FORMS)
def test_what_gives_power_asks_again(
    world: World, workspace: Workspace, browser: Browser, later: Any, path: str, sent: dict[str, str]
) -> None:
    """[S21] Tokens, members, factors: asked for after a quarter of an hour, done with what was typed once answered."""
    bob = world.member(workspace, f"bob-up-{workspace.slug}@example.org", "handler")
    path = path.format(bob=bob.id)
    later()
    before = state(world, workspace)
    asked = browser.send_form(path, **sent)
    assert ASKED in asked.text
    for name, value in sent.items():
        assert re.search(rf'type="hidden" name="{name}" value="{re.escape(value)}"', asked.text), (
            "what was typed goes on"
        )
    assert state(world, workspace) == before
    wrong = browser.send_form(path, **sent, confirm_password="not it at all")
    assert wrong.status_code == 400
    assert ASKED in wrong.text
    assert state(world, workspace) == before
    done = browser.send_form(path, **sent, confirm_password=PASSWORD)
    assert done.status_code == 200
    assert ASKED not in done.text
    again = browser.send_form(API, name="Second")
    assert ASKED not in again.text, "for a quarter of an hour it is not asked again"


def state(world: World, workspace: Workspace) -> Any:
    """How many tokens, members and links there are, and who may what."""

    async def count(tx: Any) -> Any:
        query = """
            SELECT (SELECT count(*) FROM token_workspaces WHERE workspace_id = %(id)s) AS tokens,
                   (SELECT array_agg(role || studio::text ORDER BY member_id) FROM memberships WHERE workspace_id = %(id)s) AS members,
                   (SELECT count(*) FROM sign_in_links WHERE workspace_id = %(id)s) AS links
        """
        return await tx.whole().one(query, id=workspace.id)

    return world.do(count)


def test_an_export_asks_again_and_comes(browser: Browser, api: Api, later: Any) -> None:
    """[S21] What carries everything away; a page that was only asked for is gone on to."""
    api.json("POST", "/v1/cases", json={"title": "Of value"})
    assert "Of value" in browser.get("/workspace/cases/export.csv").text
    later()
    asked = browser.get("/workspace/cases/export.csv?sort=title")
    assert ASKED in asked.text
    assert "Of value" not in asked.text
    came = browser.send_form(
        "/workspace/confirm", next="/workspace/cases/export.csv?sort=title", confirm_password=PASSWORD
    )
    assert "Of value" in came.text
    assert (
        browser.send_form("/workspace/confirm", next="//evil.example", confirm_password=PASSWORD).url.host
        == "127.0.0.1"
    )


def test_tries_are_counted(browser: Browser, later: Any) -> None:
    """[S21 S7] As many as anywhere else."""
    later()
    codes = [browser.send_form(API, name="T", confirm_password=f"wrong {n}").status_code for n in range(12)]
    assert codes[:10] == [400] * 10
    assert codes[10:] == [429] * 2
    assert browser.send_form(API, name="T", confirm_password=PASSWORD).status_code == 429


def test_who_has_a_factor_gives_a_code(world: World, ada: Any, browser: Browser, later: Any) -> None:
    """[S21] The factor, where there is one: a password alone may be known to the thief."""
    page = browser.send_form(PROFILE + "/second-factor").text
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})<", page)[1]  # type: ignore[index]
    browser.send_form(PROFILE + "/second-factor/confirm", code=pyotp.TOTP(secret).at(world.clock()))
    later()
    assert 'name="confirm_code"' in browser.send_form(API, name="T").text
    assert ASKED in browser.send_form(API, name="T", confirm_password=PASSWORD).text
    done = browser.send_form(API, name="T", confirm_code=pyotp.TOTP(secret).at(world.clock()))
    assert "Your new token" in done.text


def test_who_came_by_a_link_comes_by_another(world: World, ada: Any, later: Any) -> None:
    """[S21] Nothing to ask for: neither password nor factor. A session by link sets a password only at its beginning."""
    browser = world.browser(ada)
    later()
    assert "sign in again" in browser.send_form(API, name="T").text.lower()
    assert browser.send_form(PROFILE + "/password", new=PASSWORD, current="").status_code == 403


def test_every_confirmation_is_recorded(browser: Browser, api: Api, later: Any) -> None:
    """[S12 S21] Given and refused, without what was typed."""
    later()
    browser.send_form(API, name="T", confirm_password="no no no no")
    browser.send_form(API, name="T", confirm_password=PASSWORD)
    acts = [(each["act"], each["result"]) for each in api.json("GET", "/v1/audit")["data"]]
    assert ("member.confirmed", "failed") in acts
    assert ("member.confirmed", "done") in acts


def test_what_is_done_by_a_link_says_so(world: World, workspace: Workspace, ada: Any, api: Api) -> None:
    """[S6] Whoever made the link may be who uses it: history and audit log say it, until a password is set."""
    case = api.json("POST", "/v1/cases", json={"title": "Before", "owner": {"email": ada.email}})
    browser = world.browser(ada)
    browser.send_form(f"/workspace/cases/{case['id']}/waiting-for", waiting_for="contact", version="1")
    assert latest(api, case) == "link"
    assert "by a one-time link" in browser.get(f"/workspace/cases/{case['id']}").text
    browser.send_form(PROFILE + "/password", new=PASSWORD)
    browser.send_form(f"/workspace/cases/{case['id']}/waiting-for", waiting_for="owner", version="2")
    assert latest(api, case) == "app"


def latest(api: Api, case: Any) -> str:
    via: str = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]["via"]
    return via


def test_a_colleagues_link_holds_a_day_and_an_invitation_a_week(
    world: World, workspace: Workspace, ada: Any, browser: Browser
) -> None:
    """[S27] A link that opens an account which is there is worth more."""
    bob = world.member(workspace, f"bob-day-{workspace.slug}@example.org", "handler")
    pages = (
        browser.send_form(f"{MEMBERS}/{bob.id}/link").text,
        browser.send_form(MEMBERS, email=f"new-{workspace.slug}@example.org", role="handler").text,
    )
    colleagues, invitation = (re.search(r"/sign-in/link/[\w-]+", page)[0] for page in pages)  # type: ignore[index]
    world.clock.forward(days=1, seconds=5)
    stranger = Browser(base_url=world.server.url)
    assert stranger.post(colleagues).status_code == 404
    assert stranger.post(invitation).status_code == 303
