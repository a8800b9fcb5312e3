"""[F3] Checked, handed in once, declined, rated; what expires meanwhile is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from dossier.foundation.clock import wire_time
from dossier.workspaces.model import Workspace
from tests.portal.support import Made, make_form, problems, state
from tests.world import World


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, decline=True)


def answered(made: Made) -> Any:
    contact = made.visitor()
    contact.press("start")
    contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "false"})
    contact.fill("pages", "what", **{"day.value": "2026-02-01", "kind.value": "bike"})
    contact.fill("pages", "bike", **{"brand.value": "Gazelle"})
    return contact


def test_everything_is_shown_before_it_is_handed_in(made: Made) -> None:
    contact = answered(made)
    page = contact.at("check")
    assert state(page) == "check"
    for text in ("Eve", "1 Feb 2026", "Bicycle", "Gazelle", "Not answered"):
        assert text in page.text, text
    assert f"{made.address}/pages/you#q-name" in page.text


def test_what_is_missing_is_listed_with_links(made: Made) -> None:
    contact = made.visitor()
    contact.press("start")
    page = contact.fill("submit", page=contact.at("check"))
    assert (page.status_code, state(page)) == (400, "check")
    assert problems(page) == ["Answer “Your name”", "Answer “Was somebody hurt?”", "Answer “When was it?”"]
    assert f'href="{made.address}/pages/what#q-day"' in page.text
    assert made.now().status == "pending"


def test_it_is_handed_in_once_however_often_it_is_pressed(made: Made) -> None:
    contact = answered(made)
    page = contact.at("check")
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda _: contact.fill("submit", page=page), range(6)))
    assert {state(each) for each in said} == {"done"}
    (response,) = made.responses()
    assert response.completed_at
    form = made.now()
    assert (form.status, form.version) == ("completed", 2)
    assert made.data() == {"name": "Eve", "hurt": False, "day": "2026-02-01", "kind": "bike", "brand": "Gazelle"}


def test_what_is_hidden_then_is_put_aside(made: Made) -> None:
    contact = answered(made)
    contact.fill("pages", "what", **{"day.value": "2026-02-01", "kind.value": "car"})
    assert state(contact.fill("submit", page=contact.at("check"))) == "done"
    assert "brand" not in made.data()
    assert made.responses()[0].put_aside == ("brand",)


def test_nothing_changes_afterwards(made: Made) -> None:
    contact = answered(made)
    page = contact.at("pages", "you")
    contact.fill("submit", page=contact.at("check"))
    assert state(contact.fill("pages", "you", page=page, **{"name.value": "Mallory"})) == "done"
    assert made.data()["name"] == "Eve"


def test_declining_says_why(made: Made) -> None:
    contact = made.visitor()
    assert state(contact.press("decline", reason="Not mine")) == "declined"
    (response,) = made.responses()
    assert (response.reason, response.declined_at is not None, made.now().status) == ("Not mine", True, "declined")
    assert state(contact.press("start") if "form_token" in contact.at().text else contact.at()) == "declined"


def test_a_reason_that_is_too_long_is_said_and_declines_nothing(made: Made) -> None:
    """A line counts as the browser counts it, though it sends two characters for its end."""
    contact = made.visitor()
    refused = contact.press("decline", reason="x" * 2_001)
    assert (refused.status_code, state(refused)) == (400, "start")
    assert "2,000 characters at most" in refused.text
    assert made.now().status == "pending"
    assert state(contact.press("decline", reason="x\r\n" * 1_000)) == "declined"


def test_what_may_not_be_declined_is_not(world: World, workspace: Workspace) -> None:
    made = make_form(world, workspace)
    contact = made.visitor()
    assert "I do not want to answer" not in contact.at().text
    assert contact.press("decline").status_code == 403
    assert made.now().status == "pending"


def test_what_expires_while_it_is_open_keeps_what_was_saved(made: Made, world: World) -> None:
    contact = answered(made)
    page = contact.at("pages", "what")
    made.change(active_until=wire_time(world.clock() - timedelta(seconds=1)))
    late = contact.fill("pages", "what", page=page, **{"day.value": "2026-03-03"})
    assert state(late) == "expired"
    assert "What you had saved is kept: 5 of 8 questions" in late.text
    assert made.data()["day"] == "2026-02-01"


def test_of_what_was_put_away_the_link_gives_no_copy(made: Made, world: World) -> None:
    contact = answered(made)
    contact.fill("submit", page=contact.at("check"))
    made.change(archived_at=wire_time(world.clock()))
    assert state(contact.at()) == "closed"
    assert contact.at("copy.pdf").headers["content-type"].startswith("text/html")


def test_whoever_handed_it_in_has_a_copy_and_nobody_else(made: Made) -> None:
    contact = answered(made)
    assert contact.at("copy.pdf").headers["content-type"].startswith("text/html"), "not before"
    done = contact.fill("submit", page=contact.at("check"))
    assert f"{made.address}/copy.pdf" in done.text
    copy = contact.at("copy.pdf")
    assert (copy.status_code, copy.headers["content-type"], copy.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert made.form.reference in copy.headers["content-disposition"]
    other = made.visitor().get(made.address[:-1] + ("a" if made.address[-1] != "a" else "b") + "/copy.pdf")
    assert other.status_code == 404


def test_how_it_was(made: Made) -> None:
    contact = answered(made)
    done = contact.fill("submit", page=contact.at("check"))
    assert "Very easy" in done.text
    assert "Thank you for telling" in contact.press("rating", rating="5").text
    assert made.responses()[0].rating == "5"


def test_prefilled_answers_are_there_and_count(world: World, workspace: Workspace) -> None:
    made = make_form(world, workspace, filled={"name": "Ève"})
    contact = made.visitor()
    page = contact.press("start")
    assert 'value="Ève"' in page.text
    assert made.data() == {"name": "Ève"}
