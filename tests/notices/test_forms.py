"""Members are told of forms: under the bell, and by the form's own letter where they want that; never of what they handed in themselves."""

import re
from typing import Any
from uuid import UUID

import pytest

from dossier import permissions
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.messages import Message as Sentence
from dossier.messages import actions as messages
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, do_due, publish
from tests.notices.test_notices import CHOICES, NOTICES, count
from tests.world import Api, Browser, World

PAGES = [{"key": "one", "title": "One", "elements": [{"key": "amount", "type": "number", "label": "How much"}]}]


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada")


@pytest.fixture
def browser(world: World, ada: Any) -> Browser:
    return world.browser(ada)


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, ada: Any) -> dict[str, Any]:
    """Of Ada, asked of Tess, about no case."""
    publish(world, workspace, decline=True, pages=PAGES)
    made: dict[str, Any] = ask(
        api, owner={"email": ada.email}, user={"email": "tess@example.org", "given_name": "Tess"}
    )
    return made


def letters(api: Api, ada: Any) -> int:
    rows = api.json("GET", "/v1/messages", params={"to": ada.email})["data"]
    return len(rows)


@pytest.mark.parametrize(
    ("way", "told"), [(None, ("1", 1)), ("mail", ("1", 1)), ("digest", ("1", 0)), ("bell", ("1", 0)), ("off", ("", 0))]
)
def test_who_owns_a_form_is_told_that_it_was_filled_in_as_they_chose(
    world: World,
    workspace: Workspace,
    api: Api,
    ada: Any,
    browser: Browser,
    form: Any,
    way: Any,
    told: Any,
) -> None:
    """[18] Nothing stood under the bell, and the letter went whatever was chosen."""
    shown, mails = told
    if way:
        browser.send_form(CHOICES, answered=way)
    Contact(world, workspace, form).answers(amount=1).submits()
    do_due(world)
    assert count(browser) == shown
    assert letters(api, ada) == mails
    page = browser.get(NOTICES).text
    assert ("was filled in." in page) is bool(shown)
    assert "Tess" not in page, "nothing is kept there of who answered"
    letter = [each for each in api.json("GET", f"/v1/forms/{form['id']}")["notifications"] if each["system"]]
    assert [each["status"] for each in letter] == ["pending" if mails else "skipped"]


def test_a_notice_of_a_form_leads_to_it_and_goes_with_it(
    world: World, workspace: Workspace, api: Api, browser: Browser, form: Any
) -> None:
    Contact(world, workspace, form).answers(amount=1).submits()
    (id,) = re.findall(rf'action="{NOTICES}/([0-9a-f-]+)"', browser.get(NOTICES).text)
    assert str(browser.send_form(f"{NOTICES}/{id}").url).endswith(f"/workspace/forms/{form['id']}")
    api.json("DELETE", f"/v1/forms/{form['id']}", 204)
    assert "was filled in." not in browser.get(NOTICES).text


def test_nobody_is_told_of_a_form_that_they_filled_in_themselves(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser, form: Any
) -> None:
    """[18] They were written to about it."""
    contact = Contact(world, workspace, form)
    may = permissions.of_member("handler", studio=False)
    contact.actor = Actor("member", ada.id, "Ada", "app", Scope((workspace.id,)), may)
    contact.answers(amount=1).submits()
    do_due(world)
    assert count(browser) == ""
    assert letters(api, ada) == 0


def test_who_owns_a_form_is_told_that_it_was_declined(
    world: World, workspace: Workspace, browser: Browser, form: Any
) -> None:
    Contact(world, workspace, form).declines("No time")
    assert "declined to fill in “Accident report”" in browser.get(NOTICES).text


def test_who_has_the_case_of_a_form_is_told_once(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser, make_case: Any
) -> None:
    publish(world, workspace, pages=PAGES)
    case = make_case(title="Fire", owner={"email": ada.email})
    form = ask(api, case={"id": case["id"]}, user={"email": "tess@example.org"})
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org")
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": bob.email}})
    for each in (ada, bob):
        world.browser(each).send_form(NOTICES + "/seen")
    Contact(world, workspace, form).answers(amount=1).submits()
    assert [count(world.browser(each)) for each in (ada, bob)] == ["1", "1"]


def test_who_is_given_a_form_is_told(world: World, workspace: Workspace, api: Api, browser: Browser, form: Any) -> None:
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org")
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"owner": {"email": bob.email}})
    assert "is yours now." in world.browser(bob).get(NOTICES).text
    assert count(browser) == ""


def test_who_owns_a_form_is_told_that_nobody_was_reached(
    world: World, workspace: Workspace, api: Api, browser: Browser, form: Any
) -> None:
    """[18] Of a case its owner was told, of a form alone nobody."""
    do_due(world)
    (invited,) = api.json("GET", "/v1/messages", params={"to": "tess@example.org", "status": "pending"})["data"]
    actor = system("automation", Scope((workspace.id,)))
    id, why = UUID(invited["id"]), Sentence("No such mailbox.")
    world.do(lambda tx: messages.bounce(tx, id, ["tess@example.org"], why), actor)
    page = browser.get(NOTICES).text
    assert "could not be sent, or came back." in page
    assert "tess@" not in page
