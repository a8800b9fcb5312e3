"""Which messages each statement is about: rows beside them stay as they are."""

from functools import partial
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from dossier.messages.store import rows
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

CASE, OTHER, EVE, BO = (new_id() for _ in range(4))
BOTH = [HERE, THERE]


@pytest.fixture
def messages(world: World, database_url: str) -> Any:
    usual = {"actor_type": "system", "channel": "email", "direction": "out", "status": "sent", "workspace_id": BOTH}
    return partial(Grid, world, database_url, "messages", **usual)


def test_messages_of_a_case_are_emptied_once(messages: Any) -> None:
    with messages(case_id=[CASE, OTHER], erased_at=[None, NOW]) as grid:
        meant = grid.where(workspace_id=HERE, case_id=CASE, erased_at=None)
        assert grid.touched(lambda tx: rows.empty_of_case(tx, HERE, CASE)) == meant
    with messages(case_id=[CASE, OTHER]) as grid:
        ids = [row["id"] for row in grid.where(workspace_id=HERE, case_id=CASE)]
        assert grid.found(lambda tx: rows.empty_of_case(tx, HERE, CASE)) == ids


def test_messages_that_are_named_are_emptied(messages: Any) -> None:
    with messages(case_id=[CASE, OTHER], status=["pending", "sent"]) as grid:
        ids = [row["id"] for row in grid.rows if row["case_id"] == CASE]
        assert grid.touched(lambda tx: rows.empty(tx, HERE, ids)) == grid.where(workspace_id=HERE, case_id=CASE)
        emptied = [row["status"] for row in grid.kept if row["erased_at"]]
        assert emptied == ["skipped", "sent"], "what waited is not sent"


def test_messages_of_somebody_are_emptied(messages: Any) -> None:
    """As contact, as member, or by an address."""
    of = {"contacts": [[EVE], [BO], []], "member_id": [EVE, BO, None], "folded": [["eve@x.example"], ["bo@x.example"]]}
    with messages(**of) as grid:
        meant = grid.where(
            lambda row: EVE in row["contacts"] or row["member_id"] == EVE or "eve@x.example" in row["folded"],
            workspace_id=HERE,
        )
        assert grid.touched(lambda tx: rows.empty_of_person(tx, HERE, EVE, ["eve@x.example", "+32"])) == meant


def test_what_bounced_is_forgotten_with_its_message(messages: Any, world: World, database_url: str) -> None:
    with messages(case_id=[CASE, OTHER]) as grid:
        ids = [row["id"] for row in grid.where(workspace_id=HERE)]
        bounces = {"workspace_id": BOTH, "message_id": ids, "identity": str}
        with Grid(world, database_url, "message_bounces", **bounces) as bounced:
            gone = bounced.where(workspace_id=HERE, message_id=ids[0])
            assert bounced.touched(lambda tx: rows.empty_of_case(tx, HERE, CASE)) == gone


def test_the_newest_messages_of_a_case(messages: Any) -> None:
    with messages(case_id=[CASE, OTHER], created_at=[NOW] * 3) as grid:
        mine = sorted((row["id"] for row in grid.where(workspace_id=HERE, case_id=CASE)), reverse=True)
        found = grid.found(lambda tx: rows.of_case(tx, HERE, CASE, 2))
        assert [each.id for each in found] == mine[:2]
        assert grid.found(lambda tx: rows.get(tx, mine[0])).case_id == CASE
        assert grid.found(lambda tx: rows.lock(tx, mine[0])).id == mine[0]
        elsewhere = grid.where(workspace_id=THERE)[0]["id"]
        assert grid.found(lambda tx: rows.get(tx, elsewhere)) is None
        assert grid.found(lambda tx: rows.lock(tx, elsewhere)) is None
