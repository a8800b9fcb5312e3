"""How long a password may be, and how long links, sessions and codes hold, is met exactly."""

from typing import Any

import pytest

from dossier.members import actions
from dossier.members.actions.sign_in import is_easy
from dossier.members.actions.sign_in import link as link_to
from dossier.workspaces.model import Workspace
from tests.members.test_second_factor import Ada
from tests.world import Browser, World

PASSWORD = "/workspace/settings/profile/password"
LONG = " ".join(f"{number}velvet" for number in range(40))
SIGNED_IN = "Sign out"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator")


def is_in(browser: Browser) -> bool:
    return SIGNED_IN in browser.get("/workspace/settings/profile").text


@pytest.mark.parametrize(("length", "status"), [(11, 400), (12, 200), (200, 200), (201, 400)])
def test_a_password_has_12_to_200_characters(world: World, ada: Any, length: int, status: int) -> None:
    new = ("xq7vkzpwmtrj" + LONG)[:length]
    assert world.browser(ada).send_form(PASSWORD, new=new).status_code == status
    if status == 200:
        signing = Browser(base_url=world.server.url)
        assert signing.post("/sign-in", data={"email": ada.email, "password": new}).status_code == 303
        wrong = {"email": ada.email, "password": new[:-1] + "!"}
        assert Browser(base_url=world.server.url).post("/sign-in", data=wrong).status_code == 400


@pytest.mark.parametrize(("more", "status"), [(-1, 303), (0, 404)])
@pytest.mark.parametrize("days", [1, 7])
def test_a_link_holds_a_day_and_one_of_an_invitation_a_week(
    world: World, workspace: Workspace, ada: Any, days: int, more: int, status: int
) -> None:
    def link(transaction: Any) -> Any:
        if days == 1:
            return actions.link_for(transaction, ada.email)
        return link_to(transaction, ada.id, workspace.id)

    with world.clock.held():
        secret = world.do(link)
        world.clock.forward(days=days, seconds=more)
        assert Browser(base_url=world.server.url).post(f"/sign-in/link/{secret}").status_code == status


@pytest.mark.parametrize(("more", "stays"), [(-1, True), (0, False)])
def test_a_session_that_nobody_uses_ends_after_twelve_hours(world: World, ada: Any, more: int, stays: bool) -> None:
    with world.clock.held():
        browser = world.browser(ada)
        world.clock.forward(hours=12, seconds=more)
        assert is_in(browser) == stays


@pytest.mark.parametrize(("after", "stays"), [(300, False), (301, True)])
def test_that_a_session_is_used_is_noted_every_five_minutes(world: World, ada: Any, after: int, stays: bool) -> None:
    with world.clock.held():
        browser = world.browser(ada)
        world.clock.forward(seconds=after)
        assert is_in(browser)
        world.clock.forward(hours=12, seconds=-after)
        assert is_in(browser) == stays


def test_a_session_ends_after_two_weeks_however_it_is_used(world: World, ada: Any) -> None:
    with world.clock.held():
        browser = world.browser(ada)
        for _ in range(28):
            world.clock.forward(hours=11, minutes=59)
            assert is_in(browser)
        world.clock.forward(days=14, seconds=-1, hours=-28 * 11, minutes=-28 * 59)
        assert is_in(browser)
        world.clock.forward(seconds=1)
        assert not is_in(browser)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 403)])
def test_who_came_by_a_link_sets_a_password_within_a_quarter_of_an_hour(
    world: World, ada: Any, more: int, status: int
) -> None:
    with world.clock.held():
        browser = world.browser(ada)
        browser.form_token()
        world.clock.forward(minutes=15, seconds=more)
        assert browser.send_form(PASSWORD, new="correct horse battery").status_code == status


@pytest.mark.parametrize(("more", "status"), [(-1, 429), (0, 400)])
def test_wrong_passwords_count_for_a_quarter_of_an_hour(world: World, ada: Any, more: int, status: int) -> None:
    wrong = {"email": ada.email, "password": "wrong wrong wrong"}
    with world.clock.held():
        world.clock.forward(hours=1)  # others came from this machine too
        said = [Browser(base_url=world.server.url).post("/sign-in", data=wrong).status_code for _ in range(11)]
        assert said == [400] * 10 + [429]
        world.clock.forward(minutes=15, seconds=more)
        assert Browser(base_url=world.server.url).post("/sign-in", data=wrong).status_code == status


@pytest.mark.parametrize(("more", "leads"), [(-1, "/workspace/cases"), (0, "/sign-in")])
def test_a_second_factor_is_waited_for_ten_minutes(world: World, workspace: Workspace, more: int, leads: str) -> None:
    ada = Ada(world, workspace)
    with world.clock.held():
        browser, _ = ada.with_password()
        world.clock.forward(minutes=10, seconds=more)
        assert browser.post("/sign-in/code", data={"code": ada.code()}).url.path == leads


@pytest.mark.parametrize(("off", "status"), [(-60, 400), (-30, 200), (30, 200), (60, 400)])
def test_a_phone_may_be_half_a_minute_wrong(world: World, workspace: Workspace, off: int, status: int) -> None:
    ada = Ada(world, workspace)
    with world.clock.held():
        browser, _ = ada.with_password()
        world.clock.forward(seconds=off)
        code = ada.code()
        world.clock.forward(seconds=-off)
        assert browser.post("/sign-in/code", data={"code": code}).status_code == status


@pytest.mark.parametrize(
    ("password", "own", "easy"),
    [
        ("password1234", (), True),
        ("velvetbanana1", (), True),
        ("tribune harbour", (), False),
        ("kxzebralamp9", ("me@kxzebralamp.example",), True),
        ("kxzebralamp9", ("me@other.example",), False),
    ],
)
def test_what_is_guessed_early_is_easy(password: str, own: Any, easy: bool) -> None:
    assert is_easy(password, own) == easy
