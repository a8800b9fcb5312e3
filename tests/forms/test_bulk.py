"""What is done to all forms that a list shows, on every page of it: after a question that names how many, by a job, each by itself."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.many import left_to_ci
from tests.portal.support import hidden
from tests.world import Api, Browser, World, working_world

BULK = "/workspace/forms/bulk"


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"bulk-{workspace.slug}@example.org"))


@pytest.fixture
def asked(world: World, workspace: Workspace, api: Api) -> list[dict[str, Any]]:
    """Thirty forms, more than a page of the list; one was handed in."""
    publish(world, workspace)
    forms = [ask(api, user={"email": f"p{number}@example.org", "given_name": "Pat"}) for number in range(30)]
    Contact(world, workspace, forms[0]).answers(note="Here").submits()
    ask(api, user={"email": "other@example.org", "given_name": "Somebody else"})
    return forms


def listed(handler: Browser, count: int) -> str:
    """The list of them, once its words are known."""
    until = time.monotonic() + 60
    while f'<span class="d-count">{count}</span>' not in (page := handler.get("/workspace/forms?q=Pat").text):
        assert time.monotonic() < until, page
        time.sleep(0.1)
    return page


def answered(handler: Browser, question: str, **more: str) -> str:
    """The page once it is done."""
    answer = handler.post(BULK, data=hidden(question) | more)
    until = time.monotonic() + 60
    while ">Done.<" not in answer.text and time.monotonic() < until:
        time.sleep(0.05)
        answer = handler.get(str(answer.url))
    assert ">Done.<" in answer.text, answer.text
    return answer.text


@pytest.mark.long
def test_all_that_the_list_shows_are_ended_after_a_question_that_names_the_number(
    handler: Browser, api: Api, asked: list[dict[str, Any]]
) -> None:
    page = listed(handler, 30)
    query = re.search(r'name="query" value="([^"]+)"', page)
    assert query
    assert "All 30 that the list shows" in page
    question = handler.send_form(BULK, act="expire", all="yes", query=query[1])
    assert "End 30 forms now?" in question.text
    assert api.json("GET", f"/v1/forms/{asked[1]['id']}")["expired_at"] is None, "nothing is done unasked"
    text = answered(handler, question.text)
    assert "29 changed" in text
    assert "1 refused" in text, "it was handed in"
    assert "other@example.org" not in text
    ended = [api.json("GET", f"/v1/forms/{each['id']}")["expired_at"] is not None for each in asked]
    assert ended == [False, *[True] * 29]


@left_to_ci(
    "asks thirty people, and waits for two jobs over all of them",
    "forms/test_bulk.py::test_all_that_the_list_shows_are_ended_after_a_question_that_names_the_number",
)
@pytest.mark.long
def test_all_are_reminded_and_put_away(handler: Browser, api: Api, asked: list[dict[str, Any]]) -> None:
    listed(handler, 30)
    question = handler.send_form(BULK, act="remind", all="yes", query="?q=Pat")
    assert "Remind 30 people?" in question.text
    assert "29 changed" in answered(handler, question.text)
    question = handler.send_form(BULK, act="archive", all="yes", query="?q=Pat")
    assert "Put 30 forms away?" in question.text
    assert "30 changed" in answered(handler, question.text)
    assert "No form fits" in handler.get("/workspace/forms?q=Pat").text


@left_to_ci(
    "asks thirty people, and waits for the index twice",
    "forms/test_bulk.py::test_all_that_the_list_shows_are_ended_after_a_question_that_names_the_number",
)
@pytest.mark.long
def test_it_asks_again_where_the_list_shows_others_by_now(
    handler: Browser, api: Api, asked: list[dict[str, Any]]
) -> None:
    listed(handler, 30)
    question = handler.send_form(BULK, act="archive", all="yes", query="?q=Pat").text
    ask(api, user={"email": "new@example.org", "given_name": "Pat"})
    listed(handler, 31)
    again = handler.post(BULK, data=hidden(question))
    assert "Put 31 forms away?" in again.text
    assert api.json("GET", f"/v1/forms/{asked[1]['id']}")["archived_at"] is None


def test_nothing_is_done_to_none_nor_to_what_somebody_does_not_see(
    handler: Browser, world: World, workspace: Workspace, api: Api
) -> None:
    publish(world, workspace)
    ask(api, user={"email": "pat@example.org"})
    assert "No form was chosen" in handler.send_form(BULK, act="archive", all="yes", query="?q=nobody").text
    assert handler.send_form(BULK, act="burn", all="yes", query="").status_code == 400
    limited = world.browser(world.member(workspace, f"limited-{workspace.slug}@example.org", "limited"))
    assert "No form was chosen" in limited.send_form(BULK, act="archive", all="yes", query="?view=all").text
    begun = handler.post(BULK, data=hidden(handler.send_form(BULK, act="expire", all="yes", query="?view=all").text))
    assert limited.get(str(begun.url)).status_code == 404
