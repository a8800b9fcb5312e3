"""A second factor keeps out who has only the password; each code is good once, and lost phones are not the end."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest

from dossier.members.actions import second_factor
from dossier.workspaces.model import Workspace
from tests.world import Browser, World

PASSWORD = "correct horse battery"
PROFILE = "/workspace/settings/profile"


class Ada:
    """A member with a password and a second factor."""

    def __init__(self, world: World, workspace: Workspace) -> None:
        self.world = world
        self.member = world.member(workspace, f"ada-{workspace.slug}@example.org")
        self.browser = world.browser(self.member)
        self.browser.send_form(PROFILE + "/password", new=PASSWORD)
        page = self.browser.send_form(PROFILE + "/second-factor").text
        found = re.search(r'<code class="dossier-wrap">(\w+)</code>', page)
        assert found
        self.secret = found[1]
        self.page = self.browser.send_form(PROFILE + "/second-factor/confirm", code=self.code()).text
        self.recovery = re.findall(r"<li>((?:[0-9a-f]{8}-){3}[0-9a-f]{8})</li>", self.page)
        world.clock.shift += timedelta(seconds=60)  # the code was used

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.world.clock())

    def with_password(self) -> tuple[Browser, httpx.Response]:
        browser = Browser(base_url=self.world.server.url, follow_redirects=True)
        return browser, browser.post("/sign-in", data={"email": self.member.email, "password": PASSWORD})


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Ada:
    return Ada(world, workspace)


def test_the_code_is_asked_after_the_password(ada: Ada) -> None:
    assert len(ada.recovery) == 10
    browser, answer = ada.with_password()
    assert answer.url.path == "/sign-in/code"
    assert browser.get("/workspace/cases").url.path == "/sign-in", "half a session is none"
    half = browser.cookies["dossier"]
    answer = browser.post("/sign-in/code", data={"code": "000000"})
    assert (answer.status_code, "wrong" in answer.text) == (400, True)
    code = ada.code()
    assert browser.post("/sign-in/code", data={"code": code}).url.path == "/workspace/cases"
    assert browser.cookies["dossier"] != half, "the session has another secret now"
    other, _ = ada.with_password()
    assert other.post("/sign-in/code", data={"code": code}).status_code == 400, "a code is good once"


def test_a_recovery_code_is_good_once(ada: Ada) -> None:
    browser, _ = ada.with_password()
    assert browser.post("/sign-in/code", data={"code": ada.recovery[0]}).status_code == 200
    assert "9 recovery codes" in browser.get(PROFILE).text
    browser, _ = ada.with_password()
    assert browser.post("/sign-in/code", data={"code": ada.recovery[0]}).status_code == 400


def test_a_link_does_not_go_around_it(world: World, ada: Ada) -> None:
    assert world.browser(ada.member).get("/workspace/cases").url.path == "/sign-in"


def test_mfa_rate_limit(ada: Ada) -> None:
    browser, _ = ada.with_password()
    answers = [browser.post("/sign-in/code", data={"code": f"{guess:06}"}).status_code for guess in range(7)]
    assert answers == [400] * 5 + [429] * 2
    assert browser.post("/sign-in/code", data={"code": ada.code()}).status_code == 429


def test_half_a_session_ends_soon(world: World, ada: Ada) -> None:
    browser, _ = ada.with_password()
    world.clock.shift += timedelta(minutes=11)
    assert browser.post("/sign-in/code", data={"code": ada.code()}).url.path == "/sign-in"


def test_it_is_removed_with_a_code_only(world: World, ada: Ada) -> None:
    assert ada.browser.send_form(PROFILE + "/second-factor").status_code == 409
    assert ada.browser.send_form(PROFILE + "/second-factor/remove", code="000000").status_code == 400
    ada.browser.send_form(PROFILE + "/second-factor/remove", code=ada.code())
    assert ada.with_password()[1].url.path == "/workspace/cases"


def test_the_operator_removes_it(world: World, ada: Ada) -> None:
    world.do(lambda tx: second_factor.remove_of(tx, ada.member.email))
    assert ada.with_password()[1].url.path == "/workspace/cases"


def test_the_secret_lies_encrypted(world: World, ada: Ada) -> None:
    async def look(tx: Any) -> Any:
        return await tx.one("SELECT secret FROM member_second_factors WHERE member_id = %(id)s", id=ada.member.id)

    assert ada.secret.encode() not in bytes(world.do(look)["secret"])


def test_sessions_are_listed_and_ended(world: World, workspace: Workspace) -> None:
    member = world.member(workspace, f"s-{workspace.slug}@example.org")
    one, other, third = (world.browser(member) for _ in range(3))
    ids = re.findall(r'name="session" value="([0-9a-f]{64})"', one.get(PROFILE).text)
    assert len(ids) == 2
    stranger = world.browser(world.member(workspace, f"x-{workspace.slug}@example.org"))
    assert stranger.send_form(PROFILE + "/sessions", session=ids[0]).status_code == 404
    one.send_form(PROFILE + "/sessions", session=ids[0])
    assert sorted(each.get(PROFILE).url.path == PROFILE for each in (other, third)) == [False, True]
    one.send_form(PROFILE + "/sessions", session="others")
    assert [each.get(PROFILE).url.path for each in (one, other, third)] == [PROFILE, "/sign-in", "/sign-in"]


def test_name_and_language(world: World, workspace: Workspace) -> None:
    browser = world.browser(world.member(workspace, f"n-{workspace.slug}@example.org"))
    browser.send_form(PROFILE, given_name="Marie", family_name="Curie", language="fr")
    page = browser.get(PROFILE)
    assert '<html lang="fr"' in page.text
    assert "Marie Curie" in page.text
    assert browser.send_form(PROFILE, language="xx").status_code == 400
    signed_out = Browser(base_url=world.server.url)
    assert '<html lang="nl"' in signed_out.get("/sign-in", headers={"Accept-Language": "de, nl-BE;q=0.9"}).text


def test_the_workspace_has_a_name_and_a_clock(world: World, workspace: Workspace) -> None:
    browser = world.browser(world.member(workspace, f"g-{workspace.slug}@example.org", "administrator"))
    general = "/workspace/settings/general"
    assert browser.send_form(general, name="Claims", time_zone="Europe/Brussels").status_code == 200
    assert "Claims" in browser.get("/workspace/cases").text
    assert browser.send_form(general, name=" ", time_zone="Europe/Brussels").status_code == 400
    assert browser.send_form(general, name="Claims", time_zone="Mars/North").status_code == 400


@pytest.mark.long
def test_of_many_codes_at_once_no_more_than_allowed_are_tried(world: World, ada: Ada) -> None:
    """[S7] Counted before they are checked: between password and session, and inside a session too."""
    browser, _ = ada.with_password()
    with ThreadPoolExecutor(20) as pool:
        sent = lambda n: browser.post("/sign-in/code", data={"code": f"{n:06}"}).status_code  # noqa: E731
        answers = list(pool.map(sent, range(60)))
    assert answers.count(400) <= 5
    assert answers.count(429) >= 55
    inside = ada.browser.send_form(PROFILE + "/second-factor/remove", code=ada.code())
    assert "Too many" in inside.text, "one counter for all doors: they are the same codes"


def test_an_unconfirmed_secret_is_not_used_again(world: World, workspace: Workspace) -> None:
    """[S22] Who had the session for a minute does not know the later factor."""
    browser = world.browser(world.member(workspace, f"s22-{workspace.slug}@example.org"))
    secrets = {
        re.findall(r'<code class="dossier-wrap">(\w+)</code>', browser.send_form(PROFILE + "/second-factor").text)[0]
        for _ in range(2)
    }
    assert len(secrets) == 2


def test_a_secret_that_was_begun_holds_ten_minutes(world: World, workspace: Workspace) -> None:
    """[S22] Then it is another one; the code of the old one is told so, and sets nothing up."""
    browser = world.browser(world.member(workspace, f"ten-{workspace.slug}@example.org"))
    found = re.compile(r'<code class="dossier-wrap">(\w+)</code>')
    secret = found.findall(browser.send_form(PROFILE + "/second-factor").text)[0]
    wrong = browser.send_form(PROFILE + "/second-factor/confirm", code="000000").text
    assert found.findall(wrong) == [secret], "a typing error begins nothing anew"
    world.clock.forward(minutes=11)
    late = browser.send_form(PROFILE + "/second-factor/confirm", code=pyotp.TOTP(secret).at(world.clock()))
    assert (late.status_code, "took too long" in late.text) == (400, True)
    [new] = found.findall(late.text)
    assert new != secret
    done = browser.send_form(PROFILE + "/second-factor/confirm", code=pyotp.TOTP(new).at(world.clock()))
    assert done.status_code == 200


def test_recovery_codes_have_112_bits_at_least(ada: Ada) -> None:
    """[S24] Then a fast hash is enough (ASVS 6.5.2)."""
    assert all(len(each.replace("-", "")) * 4 >= 112 for each in ada.recovery)
    assert len(ada.recovery) == 10
