"""`GET /v1/workspaces` (contract section 8)."""

from typing import Any

import psycopg
import pytest

from dossier.foundation.actor import Scope, system
from tests.workspaces.test_logo import JPEG
from tests.world import Api, World


def test_pages_and_order(world: World) -> None:
    made = [world.workspace() for _ in range(3)]
    with world.client(world.token(*made)) as api:
        first = api.json("GET", "/v1/workspaces", params={"page[size]": 2})
        assert first["meta"] == {"total_count": 3, "total_pages": 2, "page_size": 2, "current_page": 1}
        ascending = api.json("GET", "/v1/workspaces", params={"sort": "+created_at"})["data"]
    assert [each["id"] for each in ascending] == [str(each.id) for each in made]
    assert set(ascending[0]) == {"id", "created_at", "slug", "name"}


def test_no_other_parameters(api: Api) -> None:
    assert api.get("/v1/workspaces?archived=true").status_code == 400


@pytest.mark.parametrize("slug", ["", "A", "a b", "a--b", "-a", "a" * 64, "ä"])
def test_what_a_slug_may_not_be(world: World, slug: str) -> None:
    from dossier.workspaces import actions

    with pytest.raises(Exception, match="slug"):
        world.do(lambda tx: actions.create(tx, slug, "Name"))


def test_a_slug_is_taken_once(world: World, workspace: Any) -> None:
    from dossier.workspaces import actions

    with pytest.raises(Exception, match="already"):
        world.do(lambda tx: actions.create(tx, workspace.slug, "Name"))


def test_what_is_done_to_one_workspace_leaves_the_others_in_scope_alone(world: World, database_url: str) -> None:
    """Name, colour and logo of the one that is meant, by whom both are open to."""
    from dossier.workspaces import actions

    one, other = world.workspace(), world.workspace()
    both = system(scope=Scope((one.id, other.id)))
    world.do(lambda tx: actions.change(tx, one.id, "Changed", "Europe/Brussels", "green"), both)
    for each in (one, other):
        world.do(lambda tx, meant=each.id: actions.set_logo(tx, meant, JPEG), both)
    world.do(lambda tx: actions.remove_logo(tx, one.id), both)
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT name, time_zone, accent, (SELECT count(*) FROM workspace_logos l WHERE l.workspace_id = w.id)"
            " FROM workspaces w WHERE id = ANY(%s) ORDER BY created_at, id",
            [[one.id, other.id]],
        ).fetchall()
    assert found == [("Changed", "Europe/Brussels", "green", 0), (other.name, "UTC", "blue", 1)]
