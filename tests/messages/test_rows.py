"""Which messages each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.messages.store import incoming, rows, sending
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


# ---- what is to be sent, and where nobody is written to ----

NAMED: Any = SimpleNamespace(workspace_id=HERE, id=EVE)
SECOND = timedelta(seconds=1)


def test_the_message_that_waits_longest_is_taken(messages: Any, world: World) -> None:
    lease = timedelta(minutes=5)
    with world.clock.held() as now:
        of = {"channel": ["email", "sms"], "status": ["pending", "sent"], "due_at": [now, now - SECOND, now + SECOND]}
        with messages(**of) as grid:
            first, second = (
                grid.where(workspace_id=HERE, channel="email", status="pending", due_at=at)
                for at in (now - SECOND, now)
            )
            for meant in (first, second, []):
                assert grid.touched(lambda tx: sending.take(tx, HERE, "email", lease, "x.example")) == meant
            world.clock.forward(minutes=4, seconds=59)
            third = grid.where(workspace_id=HERE, channel="email", status="pending", due_at=now + SECOND)
            assert grid.touched(lambda tx: sending.take(tx, HERE, "email", lease, "x.example")) == third
            world.clock.forward(seconds=1)
            taken = grid.found(lambda tx: sending.take(tx, HERE, "email", lease, "x.example"))
            assert taken == min(row["id"] for row in (*first, *second))


def test_which_workspace_has_something_to_send(messages: Any, world: World, database_url: str) -> None:
    with world.clock.held() as now, Grid(world, database_url, "workspaces", id=BOTH, slug=lambda n: f"rows-{n}"):
        longest = now - timedelta(days=3000)
        for said, expected in (
            ({"due_at": lambda n: longest - n * SECOND}, THERE),
            ({"due_at": lambda n: longest + n * SECOND}, HERE),
            ({"due_at": longest, "status": "sent"}, None),
            ({"due_at": longest, "channel": "sms"}, None),
            ({"due_at": now + SECOND}, None),
        ):
            with messages(**{"status": "pending"} | said) as grid:
                found = grid.found(lambda tx: sending.due(tx, "email"), SERVER)
                assert (found if found in BOTH else None) == expected


def test_addresses_that_are_blocked_are_of_one_workspace(world: World, database_url: str) -> None:
    of = {"workspace_id": BOTH, "identity": ["eve@x.example", "bo@x.example", "ann@x.example"]}
    with Grid(world, database_url, "message_bounces", **of) as grid:
        asked = ["eve@x.example", "nobody@x.example"]
        assert grid.found(lambda tx: sending.blocked(tx, HERE, asked)) == {"eve@x.example"}
        one = grid.where(workspace_id=HERE, identity="eve@x.example")
        assert grid.touched(lambda tx: sending.unblock(tx, NAMED, asked)) == one
        other = grid.where(workspace_id=HERE, identity="bo@x.example")
        assert grid.touched(lambda tx: sending.forget(tx, HERE, "bo@x.example")) == other


# ---- what comes in ----


def test_answers_to_one_message_go_elsewhere(messages: Any) -> None:
    with messages(id=[EVE, BO]) as grid:
        one = grid.where(workspace_id=HERE, id=EVE)
        assert grid.touched(lambda tx: incoming.set_reply_to(tx, HERE, EVE, "a@x.example")) == one
        assert [grid.found(lambda tx, e=each: incoming.is_there(tx, HERE, e)) for each in (EVE, CASE)] == [True, False]


def test_which_mails_of_ours_are_meant(messages: Any, world: World, database_url: str) -> None:
    cases = {"workspace_id": HERE, "id": CASE, "parent_status": "draft", "waiting_for": "none", "reference": None}
    with (
        Grid(world, database_url, "workspaces", id=BOTH, slug=lambda n: f"rows-{n}"),
        Grid(world, database_url, "cases", **cases),
        messages(workspace_id=HERE, id=lambda n: [EVE, BO][n], case_id=[CASE, OTHER]) as grid,
    ):
        found = grid.found(lambda tx: incoming.messages_of(tx, [BO, CASE, EVE]))
        assert [(each.id, each.case_id) for each in found] == [(BO, None), (EVE, CASE)]
        for said in ({"direction": "in"}, {"channel": "sms"}):
            with messages(workspace_id=THERE, id=OTHER, **said):
                assert grid.found(lambda tx: incoming.messages_of(tx, [OTHER])) == []


def test_a_case_has_one_address(world: World, database_url: str) -> None:
    of = {"workspace_id": BOTH, "case_id": [CASE, OTHER], "key": lambda number: f"rows{number}"}
    with (
        Grid(world, database_url, "workspaces", id=BOTH, slug=lambda n: f"rows-{n}"),
        Grid(world, database_url, "case_addresses", **of) as grid,
    ):
        assert grid.found(lambda tx: incoming.case_of_key(tx, ["none", "rows3"])) == (THERE, OTHER)
        assert grid.found(lambda tx: incoming.case_of_key(tx, ["none"])) is None
        assert grid.found(lambda tx: incoming.address_key(tx, HERE, CASE)) is None, "there is no such case"
