"""What is asked for now and done later is done as the member who asked may act by then."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.foundation.stored_messages import restored
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

NOT_ANY_MORE = "Whoever asked for this may not do it any more."
NOT_OWNERS = (
    "This takes the permission “cases.reassign”; an administrator of the workspace can give it to you, or do it."
)


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))


@pytest.fixture
def eve(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"eve-{workspace.slug}@example.org", "handler")


@pytest.fixture
def worked_on(
    world: World, workspace: Workspace, administrator: Browser, eve: Any
) -> Callable[..., list[tuple[str, str | None]]]:
    """Eve asks for a change of many cases; something happens; then it is its turn."""

    def work(meanwhile: str, change: str, *cases: str, **sent: str) -> list[tuple[str, str | None]]:
        asked = world.browser(eve).send_form("/workspace/cases/bulk", change=change, case=cases)
        assert asked.status_code == 200, asked.text
        assert administrator.send_form(f"/workspace/settings/members/{eve.id}/{meanwhile}", **sent).status_code == 200
        bulk = UUID(str(asked.url).rsplit("/", 1)[1])
        world.server.run(CASES_AT_ONCE.change_many(world.services, str(workspace.id), str(bulk)))
        query = "SELECT outcome, detail FROM bulk_results WHERE bulk_id = %(bulk)s ORDER BY position"
        why = lambda each: " ".join(map(str, restored(each["detail"]))) or None  # noqa: E731
        return [(each["outcome"], why(each)) for each in world.do(lambda tx: tx.all(query, bulk=bulk))]

    return work


def test_who_became_limited_gives_no_case_away(api: Api, eve: Any, worked_on: Any, make_case: Any) -> None:
    """Neither their own nor another's."""
    hers, others = make_case(owner={"email": eve.email})["id"], make_case()["id"]
    assert worked_on("role", "owner:", hers, others, role="limited") == [("refused", NOT_OWNERS)] * 2
    assert api.json("GET", f"/v1/cases/{hers}")["owner"]["email"] == eve.email
    assert api.json("GET", f"/v1/cases/{others}")["owner"] is None


def test_who_became_limited_changes_their_own_cases_alone(api: Api, eve: Any, worked_on: Any, make_case: Any) -> None:
    hers, others = make_case(owner={"email": eve.email})["id"], make_case()["id"]
    done = worked_on("role", "archive", hers, others, role="limited")
    assert [outcome for outcome, _ in done] == ["changed", "refused"]
    assert api.json("GET", f"/v1/cases/{hers}")["archived_at"]
    assert api.json("GET", f"/v1/cases/{others}")["archived_at"] is None


def test_who_has_left_changes_nothing(api: Api, worked_on: Any, make_case: Any) -> None:
    case = make_case()["id"]
    assert worked_on("remove", "archive", case) == [("refused", NOT_ANY_MORE)]
    assert api.json("GET", f"/v1/cases/{case}")["archived_at"] is None
