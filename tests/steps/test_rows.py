"""Which steps of which cases each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.flow.model.planning import Planned
from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.steps import store
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

CASE, OTHER = new_id(), new_id()
NAMED: Any = SimpleNamespace(workspace_id=HERE, id=CASE, version=9)
BOTH = [HERE, THERE]
SECOND = timedelta(seconds=1)


@pytest.fixture
def dues(world: World, database_url: str) -> Any:
    of_each = {"workspace_id": BOTH, "case_id": [CASE, OTHER], "step": ["a", "b"], "what": ["start", "remind"]}
    return partial(Grid, world, database_url, "case_step_dues", **of_each)


def test_what_is_planned_of_a_case_is_all_that_is_due(dues: Any) -> None:
    with dues(at=NOW, tries=3) as grid:
        planned = [Planned("a", "start", NOW), Planned("b", "remind", NOW + SECOND)]
        gone = grid.where(lambda row: (row["step"], row["what"]) != ("a", "start"), workspace_id=HERE, case_id=CASE)
        assert grid.touched(lambda tx: store.put(tx, NAMED, planned)) == gone
        left = [(row["step"], row["what"], row["at"], row["tries"]) for row in grid.kept[:4] if row]
        assert left == [("a", "start", NOW, 3), ("b", "remind", NOW + SECOND, 0)]


def test_what_is_due_of_a_case_is_put_off(dues: Any) -> None:
    due = store.Due(HERE, CASE, 0)
    with dues(at=lambda number: NOW + number % 2 * SECOND) as grid:
        meant = grid.where(workspace_id=HERE, case_id=CASE, what="start")
        assert grid.touched(lambda tx: store.put_off(tx, due, NOW, NOW + SECOND)) == meant


def test_other_cases_that_remind_until_a_time_the_first_ones_first(dues: Any) -> None:
    third = new_id()
    with dues(case_id=[CASE, OTHER, third], step="a", at=lambda number: NOW - number * SECOND) as grid:
        found = grid.found(lambda tx: store.reminders(tx, NAMED, NOW - 3 * SECOND, 9))
        assert found == [third, OTHER]
        assert grid.found(lambda tx: store.reminders(tx, NAMED, NOW, 1)) == [third]
        assert grid.found(lambda tx: store.reminders(tx, NAMED, NOW - 4 * SECOND, 9)) == [third]


def test_cases_of_which_something_is_due_the_longest_waiting_first(dues: Any, world: World, database_url: str) -> None:
    long_ago = NOW - timedelta(days=5000)
    with (
        Grid(world, database_url, "workspaces", id=BOTH, slug=lambda n: f"rows-{n}"),
        dues(workspace_id=HERE, at=lambda number: long_ago - number * SECOND, tries=lambda number: number) as grid,
    ):
        for at, expected in (
            (long_ago, [(OTHER, 7), (CASE, 3)]),
            (long_ago - 4 * SECOND, [(OTHER, 7)]),
            (long_ago - 8 * SECOND, []),
        ):
            found = grid.found(lambda tx, at=at: store.due(tx, at, 100), SERVER)
            assert [(each.case_id, each.tries) for each in found] == expected


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({}, True),
        ({"kind": "step_completed"}, False),
        ({"changes": {"steps.b": {}}}, False),
        ({"case_id": OTHER}, False),
        ({"workspace_id": THERE}, False),
    ],
)
def test_a_step_goes_round_that_starts_again_and_again(
    world: World, database_url: str, said: Any, counted: bool
) -> None:
    usual = {
        "workspace_id": HERE,
        "case_id": CASE,
        "kind": "step_started",
        "changes": {"steps.a": {}},
        "actor_type": "system",
    }
    with Grid(world, database_url, "case_events", **usual | {"version": [2, 3, 4]} | said) as grid:
        asked = [grid.found(lambda tx, most=most: store.goes_round(tx, NAMED, "a", most)) for most in (2, 3)]
        assert asked == [counted, False]


@pytest.mark.parametrize(
    ("event", "goes_round"),
    [
        ({"version": 5, "actor_type": "member"}, False),
        ({"version": 5, "kind": "form"}, False),
        ({"version": 5, "kind": "steps"}, True),
        ({"version": 5, "actor_type": "member", "case_id": OTHER}, True),
        ({"version": 10, "actor_type": "member"}, True),
        ({"version": 3, "actor_type": "member"}, False),
        ({"version": 1, "actor_type": "member"}, True),
    ],
)
def test_it_does_not_when_somebody_did_something(world: World, database_url: str, event: Any, goes_round: bool) -> None:
    usual = {
        "workspace_id": HERE,
        "case_id": CASE,
        "kind": "step_started",
        "changes": {"steps.a": {}},
        "actor_type": "system",
    }
    with (
        Grid(
            world, database_url, "case_events", **usual, version=[2, 4, 6][: 3 if event["version"] < 5 else 2]
        ) as grid,
        Grid(
            world,
            database_url,
            "case_events",
            **{"workspace_id": HERE, "case_id": CASE, "actor_type": "system"} | event,
        ),
    ):
        most = len(grid.rows) - 1
        assert grid.found(lambda tx: store.goes_round(tx, NAMED, "a", most)) == goes_round
