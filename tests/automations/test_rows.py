"""Which runs and times of rules each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from dossier.automations import store
from dossier.automations.model import Doing, Run, Time
from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

CASE, OTHER = new_id(), new_id()
OF_RULE = {"workspace_id": HERE, "case_id": CASE, "rule": "a"}
SECOND = timedelta(seconds=1)


@pytest.fixture
def runs(world: World, database_url: str) -> Any:
    of_each = {"workspace_id": [HERE, THERE], "case_id": [CASE, OTHER], "rule": ["a", "b"]}
    return partial(Grid, world, database_url, "automation_runs", **of_each)


@pytest.fixture
def times(world: World, database_url: str) -> Any:
    of_each = {"workspace_id": [HERE, THERE], "case_id": [CASE, OTHER], "rule": ["a", "b"]}
    return partial(Grid, world, database_url, "automation_times", **of_each)


def test_a_run_is_kept_alone(runs: Any) -> None:
    run = Run(HERE, CASE, "a", 2, NOW, "done", (Doing(0),))
    with runs(run=[1, 2], outcome="waiting") as grid:
        assert grid.touched(lambda tx: store.keep(tx, run)) == grid.where(**OF_RULE, run=2)
        assert grid.found(lambda tx: store.get(tx, HERE, CASE, "a", 2)) == run
        assert grid.found(lambda tx: store.get(tx, HERE, CASE, "a", 3)) is None
        assert grid.touched(lambda tx: store.insert(tx, [run])) == [], "one that is there stays as it is"


def test_the_newest_run_of_each_rule_is_of_the_case(runs: Any) -> None:
    with runs(run=[1, 3, 2], outcome="done") as grid:
        found = grid.found(lambda tx: store.newest(tx, HERE, CASE))
        assert {rule: (run.case_id, run.run) for rule, run in found.items()} == {"a": (CASE, 3), "b": (CASE, 3)}


def test_a_rule_fired_when_its_condition_was_met(runs: Any) -> None:
    with runs(run=[1, 2]) as grid:
        assert grid.found(lambda tx: store.last_fired(tx, HERE, CASE)) == {"a": NOW, "b": NOW}
    with runs(run=1, outcome="condition_not_met") as grid:
        assert grid.found(lambda tx: store.last_fired(tx, HERE, CASE)) == {}


@pytest.mark.parametrize("outcome", ["done", "failed", "waiting"])
def test_old_runs_are_forgotten_but_the_newest_and_what_waits(runs: Any, outcome: str) -> None:
    with runs(run=[1, 2], at=NOW, outcome=outcome) as grid:
        assert grid.touched(lambda tx: store.sweep(tx, NOW), SERVER) == []
        over = [] if outcome == "waiting" else grid.where(run=1)
        assert grid.touched(lambda tx: store.sweep(tx, NOW + SECOND), SERVER) == over


def test_one_rule_of_a_case_is_armed(times: Any) -> None:
    with times(due_at=NOW) as grid:
        later = [Time("a", NOW + SECOND, "2026-03-02")]
        assert grid.touched(lambda tx: store.arm(tx, HERE, CASE, later)) == grid.where(**OF_RULE)
        assert grid.found(lambda tx: store.due_times(tx, HERE, CASE)) == {"a": NOW + SECOND, "b": NOW}


def test_rules_that_a_case_follows_no_more_are_disarmed(times: Any) -> None:
    with times(due_at=NOW) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE, rule="b")
        assert grid.touched(lambda tx: store.disarm_others(tx, HERE, CASE, ["a"])) == gone


def test_a_rule_is_claimed_when_its_time_has_come_and_once(times: Any) -> None:
    due = store.DueRule(HERE, CASE, "a")
    with times(due_at=NOW, value="2026-03-01") as grid:
        early = grid.touched(lambda tx: store.claim(tx, due, NOW - SECOND))
        assert early == []
        assert grid.touched(lambda tx: store.claim(tx, due, NOW)) == grid.where(**OF_RULE)
        assert grid.found(lambda tx: store.claim(tx, due, NOW)) == (False, None)
        again = [Time("a", NOW, "2026-03-01")]
        assert grid.touched(lambda tx: store.arm(tx, HERE, CASE, again)) == [], "it was done for that day"


def test_the_day_that_was_claimed_is_said(times: Any) -> None:
    due = store.DueRule(HERE, CASE, "a")
    with times(due_at=NOW, value="2026-03-01") as grid:
        assert grid.found(lambda tx: store.claim(tx, due, NOW)) == (True, "2026-03-01")


def test_what_sets_a_rule_off_once_does_so_once(times: Any) -> None:
    due = store.DueRule(HERE, CASE, "a")
    with times() as grid:
        assert grid.touched(lambda tx: store.claim_once(tx, due, "message 1")) == grid.where(**OF_RULE)
        assert [grid.found(lambda tx, each=each: store.claim_once(tx, due, each)) for each in ("message 1", "2")] == [
            False,
            True,
        ]


def test_fifty_days_are_kept_of_a_rule(times: Any) -> None:
    due = store.DueRule(HERE, CASE, "a")
    with times() as grid:
        for number in range(51):
            grid.found(lambda tx, number=number: store.claim_once(tx, due, str(number)))
        assert not grid.found(lambda tx: store.claim_once(tx, due, "1"))
        assert grid.found(lambda tx: store.claim_once(tx, due, "0")), "the oldest is forgotten"


def test_one_rule_is_put_off_where_it_was_due(times: Any) -> None:
    due = store.DueRule(HERE, CASE, "a")
    with times(due_at=NOW) as grid:
        assert grid.touched(lambda tx: store.put_off(tx, due, NOW + SECOND)) == grid.where(**OF_RULE)
    with times(due_at=None) as grid:
        assert grid.touched(lambda tx: store.put_off(tx, due, NOW)) == []
        assert grid.found(lambda tx: store.due_times(tx, HERE, CASE)) == {}
