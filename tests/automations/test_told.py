"""Members are told of what rules give them to do."""

from collections.abc import Callable
from typing import Any

from dossier.workspaces.model import Workspace
from tests.automations.conftest import rule, update
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
