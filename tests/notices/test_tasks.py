"""Members are told of what they have to do: when it is given to them, when it is due, and of what failed."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dossier.foundation.pages.language import language
from dossier.notices.actions import tell_of_dues
from dossier.workspaces.model import Workspace
from tests.notices.test_notices import NOTICES, count
from tests.world import Api, World


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada")


@pytest.fixture
def case(make_template: Any, make_case: Any, ada: Any) -> dict[str, Any]:
    """With a task for Ada that is due three days after it starts."""
    task = {"key": "call", "type": "task", "title": "Call the expert", "assignee": ada.email, "due": {"in": "P3D"}}
    template = make_template(steps=[task])
    return dict(make_case(title="Fire", template={"id": template["id"]}))


def start(api: Api, case: dict[str, Any]) -> None:
    api.json("POST", f"/v1/cases/{case['id']}/start/call", json={})


def look(world: World) -> None:
    world.server.run(tell_of_dues(world.services))


def test_who_is_given_something_to_do_is_told_and_told_again_when_it_is_due(
    world: World, api: Api, case: dict[str, Any], ada: Any
) -> None:
    start(api, case)
    assert "You are to do “Call the expert”." in world.browser(ada).get(NOTICES).text
    look(world)
    assert count(world.browser(ada)) == "1"
    world.clock.forward(days=2, hours=1)
    look(world)
    look(world)
    assert count(world.browser(ada)) == "2"
    assert "“Call the expert” is to be done until" in world.browser(ada).get(NOTICES).text


def test_who_was_told_of_something_is_not_told_again_because_something_else_is_to_be_done(
    world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any, ada: Any
) -> None:
    """[18] Whatever moved on the case, everything that was due was told once more."""
    tasks = [
        {"key": key, "type": "task", "title": key.title(), "assignee": ada.email, "due": {"in": "P3D"}}
        for key in ("call", "pay")
    ]
    case = make_case(template={"id": make_template(steps=tasks)["id"]})
    start(api, case)
    world.clock.forward(days=2, hours=1)
    look(world)
    api.json("POST", f"/v1/cases/{case['id']}/start/pay", json={})
    look(world)
    assert world.browser(ada).get(NOTICES).text.count("is to be done until") == 1
    world.clock.forward(days=3)
    look(world)
    assert world.browser(ada).get(NOTICES).text.count("is to be done until") == 2


def test_the_day_is_one_of_the_workspaces_clock(
    world: World, make_template: Any, make_case: Any, ada: Any, workspace: Workspace, api: Api, database_url: str
) -> None:
    """[18] The end of a day in New York is the next day in UTC, which is what they were told."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE workspaces SET time_zone = 'America/New_York' WHERE id = %s", [workspace.id])
    day = {"key": "deadline", "type": "date", "name": "Deadline"}
    task = {"key": "call", "type": "task", "title": "Call", "assignee": ada.email, "due": {"of": "data.deadline", "before": "PT1M"}}  # fmt: skip
    case = make_case(template={"id": make_template(schema=[day], steps=[task])["id"]})
    until = (world.clock() + timedelta(days=10)).date()
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"deadline": until.isoformat()}})
    start(api, case)
    world.clock.forward(days=11)
    look(world)
    assert f"until {language('en').day(until)}." in world.browser(ada).get(NOTICES).text


def test_what_is_done_is_not_due(world: World, api: Api, case: dict[str, Any], ada: Any) -> None:
    start(api, case)
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/call", json={"status": "completed"})
    world.clock.forward(days=5)
    look(world)
    assert count(world.browser(ada)) == "1"


def test_nothing_is_due_on_a_case_that_was_put_away(world: World, api: Api, case: dict[str, Any], ada: Any) -> None:
    start(api, case)
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    world.clock.forward(days=5)
    look(world)
    assert count(world.browser(ada)) == "1"


def test_what_is_put_away_and_taken_out_again_is_not_told_again(
    world: World, api: Api, case: dict[str, Any], ada: Any
) -> None:
    start(api, case)
    for archived in (True, False):
        api.json("POST", f"/v1/cases/{case['id']}", json={"archived": archived})
    assert count(world.browser(ada)) == "1"
    world.clock.forward(days=5)
    look(world)
    assert count(world.browser(ada)) == "2"
