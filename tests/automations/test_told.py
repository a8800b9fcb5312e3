"""Members are told of what rules give them to do."""

from collections.abc import Callable
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.automations.conftest import rule, traces, update
from tests.notices.test_notices import CHOICES, NOTICES
from tests.world import Api, World

Work = Callable[..., int]


def test_a_task_that_a_rule_makes_is_told(
    world: World, workspace: Workspace, api: Api, case_of: Any, work: Work
) -> None:
    ada = world.member(workspace, f"ada-{workspace.slug}@example.org")
    task = {"title": "Look at it", "assignee": ada.email, "due": "P1D"}
    case = case_of(rule("expert", {"change": ["data.amount"]}, {"task": task}))
    update(api, case, amount=5)
    work(case)
    assert "You are to do “Look at it”." in world.browser(ada).get("/workspace/notices").text


@pytest.mark.parametrize(
    ("way", "shown", "mails"), [("mail", True, 1), ("digest", True, 0), ("bell", True, 0), ("off", False, 0)]
)
def test_whom_a_rule_tells_of_the_house_is_told_as_they_chose(
    world: World, workspace: Workspace, api: Api, case_of: Any, work: Work, way: str, shown: bool, mails: int
) -> None:
    """[18] There was the choice, and it chose nothing: an e-mail came always, and nothing stood under the bell."""
    ada = world.member(workspace, f"ada-{workspace.slug}@example.org")
    boss = world.member(workspace, f"boss-{workspace.slug}@example.org")
    tell = {"tell": ["owner", "main", boss.email], "text": "Amount {{ data.amount }} of *{{ case.reference }}*"}
    bob = {"key": "main", "email": "bob@example.org"}
    case = case_of(rule("tell", {"change": ["data.amount"]}, tell), owner={"email": ada.email}, contacts=[bob])
    browsers = [world.browser(each) for each in (ada, boss)]
    for each in browsers:
        each.send_form(CHOICES, told=way)
    update(api, case, amount=12)
    work(case)
    for each in browsers:
        assert (f"A rule says: Amount 12 of *{case['reference']}*" in each.get(NOTICES).text) is shown
    rows = api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"]
    to = [each["to"][0] for each in rows]
    assert [to.count(each) for each in (ada.email, boss.email, "bob@example.org")] == [mails, mails, 1]
    assert traces(api, case)["tell"]["outcome"] == "done"


def test_who_wants_no_mail_of_a_rule_is_enough_to_tell(
    world: World, workspace: Workspace, api: Api, case_of: Any, work: Work
) -> None:
    ada = world.member(workspace, f"ada-{workspace.slug}@example.org")
    world.browser(ada).send_form(CHOICES, told="bell")
    tell = {"tell": ["owner"], "text": "Look"}
    case = case_of(rule("tell", {"change": ["data.amount"]}, tell), owner={"email": ada.email})
    update(api, case, amount=12)
    work(case)
    assert traces(api, case)["tell"]["outcome"] == "done"
    assert "A rule says: Look" in world.browser(ada).get(NOTICES).text
