"""[F4] Codes and passwords: sent to the address that is known, counted before they are looked at, and what guessing is worth."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher

from dossier.workspaces.model import Workspace
from tests.portal.support import Contact, Made, make_form, state
from tests.world import World


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, access="email_code")


def sent(made: Made) -> list[str]:
    """The codes that were sent for a form, the newest first."""

    async def look(transaction: Any) -> Any:
        return await transaction.all(
            "SELECT body AS text FROM messages WHERE workspace_id = ANY(%(scope)s) ORDER BY created_at DESC, id DESC"
        )

    return [re.search(r"\b(\d{6})\b", each["text"])[1] for each in made.world.do(look, made.scope())]  # type: ignore[index]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_lets_in(made: Made) -> None:
    contact = made.visitor()
    assert state(contact.at()) == "code"
    assert state(contact.press("code")) == "code"
    (code,) = sent(made)
    entered = contact.press("enter", entry=f" {code[:3]} {code[3:]} ")
    assert state(entered) == "continue"
    assert len(made.responses()) == 1
    assert state(contact.at("pages", "you")) == "page"
    assert state(made.visitor().at("pages", "you")) == "code"


def test_a_wrong_code_does_not_and_five_are_all(made: Made) -> None:
    contact = made.visitor()
    contact.press("code")
    (code,) = sent(made)
    for _ in range(5):
        refused = contact.press("enter", entry=wrong(code))
        assert (refused.status_code, state(refused)) == (400, "code")
    assert state(contact.press("enter", entry=code)) == "code"
    assert made.responses() == []


def test_a_code_holds_ten_minutes(made: Made, world: World) -> None:
    contact = made.visitor()
    contact.press("code")
    (code,) = sent(made)
    world.clock.forward(minutes=10, seconds=1)
    assert state(contact.press("enter", entry=code)) == "code"
    assert made.responses() == []


def test_a_new_code_ends_the_one_before(made: Made) -> None:
    contact = made.visitor()
    contact.press("code")
    contact.press("code")
    newest, older = sent(made)
    if newest != older:
        assert state(contact.press("enter", entry=older)) == "code"
    assert state(contact.press("enter", entry=newest)) == "continue"


def test_a_code_is_used_once(made: Made) -> None:
    contact = made.visitor()
    contact.press("code")
    (code,) = sent(made)
    contact.press("enter", entry=code)
    assert state(made.visitor().press("enter", entry=code)) == "code"


def test_five_codes_an_hour_for_a_form(made: Made, world: World) -> None:
    contact = made.visitor()
    answers = [contact.press("code") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[5].headers["retry-after"] == "3600", "it says when to come back"
    assert len(sent(made)) == 5
    world.clock.forward(hours=1, seconds=1)
    assert contact.press("code").status_code == 200


def test_twenty_codes_an_hour_for_an_address(world: World, workspace: Workspace) -> None:
    forms = [make_form(world, workspace, access="email_code") for _ in range(5)]
    for each in forms[:4]:
        with each.visitor() as contact:
            assert [contact.press("code").status_code for _ in range(5)] == [200] * 5
    assert forms[4].visitor().press("code").status_code == 429
    assert len(sent(forms[0])) == 20


def test_codes_that_are_asked_for_at_once_at_many_forms_are_twenty_together(world: World, workspace: Workspace) -> None:
    forms = [make_form(world, workspace, access="email_code") for _ in range(6)]
    visitors = [each.visitor() for each in forms]
    for visitor in visitors:
        assert [visitor.press("code").status_code for _ in range(3)] == [200] * 3
    with ThreadPoolExecutor(len(visitors)) as crowd:
        answers = list(crowd.map(lambda each: each.press("code").status_code, visitors))
    assert sorted(answers) == [200, 200, 429, 429, 429, 429]
    assert len(sent(forms[0])) == 20


def test_thirty_wrong_entries_lock_it_until_there_is_a_new_link(made: Made, world: World) -> None:
    contact = made.visitor()
    tried = 0
    for _ in range(8):
        world.clock.forward(hours=2)
        if "form_token" in contact.at().text:
            contact.press("code")
        for _ in range(5):
            if state(contact.at()) == "code":
                contact.press("enter", entry=wrong(sent(made)[0]))
                tried += 1
    assert (tried, state(contact.at())) == (30, "locked")
    assert state(made.visitor().at()) == "locked"
    made.change(link=2)
    assert made.responses() == []


def test_whether_there_is_an_address_shows_nowhere(world: World, workspace: Workspace) -> None:
    from dossier.forms.model import FormUser

    with_one = make_form(world, workspace, access="email_code")
    without = make_form(world, workspace, access="email_code", user=FormUser())
    said = []
    for each in (with_one, without):
        with each.visitor() as contact:
            texts = [contact.at().text, contact.press("code").text, contact.press("enter", entry="12").text]
            said.append([re.sub(r"[0-9a-f]{40}", "", text.replace(each.secret, "")) for text in texts])
    assert said[0] == said[1]
    assert len(sent(without)) == 1  # of the other


def test_a_password_lets_in(world: World, workspace: Workspace) -> None:
    hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("open, please")
    made = make_form(world, workspace, access="password", password_hash=hash)
    contact = made.visitor()
    assert "Password" in contact.at().text
    assert contact.press("enter", entry="open").status_code == 400
    assert state(contact.press("enter", entry="open, please")) == "continue"


def test_guessing_is_worth_five_in_a_million(made: Made, world: World) -> None:
    """Of every code at most five of a million digits are tried, however many try at once; of a form thirty in all."""
    contact = made.visitor()
    contact.press("code")
    seen = [contact.press("enter", entry=f"{each:06}") for each in range(12)]

    async def look(transaction: Any) -> Any:
        return await transaction.one("SELECT sum(tries) AS tries FROM form_codes WHERE workspace_id = ANY(%(scope)s)")

    assert made.world.do(look, made.scope())["tries"] == 5
    assert {each.status_code for each in seen} == {400}


def test_a_session_of_one_form_opens_no_other(world: World, workspace: Workspace) -> None:
    """Every address of the portal, with the session of another form of the same person."""
    from dossier.forms.portal import PAGES

    mine, other = (make_form(world, workspace, access="email_code") for _ in range(2))
    contact = mine.visitor()
    contact.press("code")
    contact.press("enter", entry=sent(mine)[0])
    secret = next(iter(contact.cookies.jar)).value
    before = other.now()
    with Contact(other, cookies={"dossier-form": secret or ""}) as thief:
        page = thief.at()
        assert state(page) == "code"
        fields = {"form_token": re.search(r'name="form_token" value="(\w+)"', page.text)[1]}  # type: ignore[index]
        for route in PAGES:
            path = re.sub(r"\{secret\}", other.secret, route.path)
            path = re.sub(r"\{\w+\}", "you" if "pages" in path else "name", path)
            if path.endswith(("/code", "/enter")):
                continue
            answer = thief.request(route.method, path, data=fields if route.method == "POST" else None)
            assert "Your name" not in answer.text, path
            assert answer.status_code in (200, 400, 403, 404, 409), path
    assert other.responses() == []
    assert other.now() == before


def test_what_has_ended_is_forgotten(made: Made, world: World) -> None:
    from dossier.forms.actions import entering

    contact = made.visitor()
    contact.press("code")
    contact.press("enter", entry=sent(made)[0])
    world.server.run(entering.forget_old(world.services))
    assert state(contact.at()) == "continue"
    assert _kept(made) == (1, 1)
    world.clock.forward(days=3)
    world.server.run(entering.forget_old(world.services))
    assert _kept(made) == (0, 0)
    assert state(contact.at()) == "code"


def _kept(made: Made) -> tuple[int, int]:
    async def look(transaction: Any) -> Any:
        return await transaction.one(
            "SELECT (SELECT count(*) FROM form_sessions WHERE workspace_id = ANY(%(scope)s)) AS sessions,"
            " (SELECT count(*) FROM form_codes WHERE workspace_id = ANY(%(scope)s)) AS codes"
        )

    row = made.world.do(look, made.scope())
    return row["sessions"], row["codes"]
