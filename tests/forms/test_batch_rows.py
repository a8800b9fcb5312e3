"""Which batches and messages of forms each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.forms.store import batches, notifications
from dossier.foundation.actor import SERVER, Scope, system
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

ONE, TWO, EVE, BO, FORM, OTHER = (new_id() for _ in range(6))
BATCH: Any = SimpleNamespace(workspace_id=HERE, id=ONE)
BOTH = [HERE, THERE]
SECOND = timedelta(seconds=1)
WHY = Message("It was too late.")
GIVEN = {"user": {"email": "eve@example.org"}, "data": {}, "case": None}
ROWS = {"workspace_id": BOTH, "batch_id": [ONE, TWO], "place": [0, 1], "given": GIVEN}


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.fixture
def kept(grid_of: Any) -> Any:
    usual = {"workspace_id": BOTH, "id": [ONE, TWO], "actor_type": "member", "pace": 5, "next_at": NOW}
    return partial(grid_of, "form_batches", **usual)


STATES = {"state": ["waiting", "made"], "place": lambda number: number}


def test_what_waits_of_a_batch_is_taken_in_order(grid_of: Any) -> None:
    with grid_of("form_batch_rows", **ROWS | {"place": [3, 1, 2], "state": "waiting"}) as grid:
        for most, expected in ((9, [1, 2, 3]), (2, [1, 2])):
            found = grid.found(lambda tx, m=most: batches.waiting(tx, BATCH, m))
            assert [place for place, _ in found] == expected
        assert [each.row for each in grid.found(lambda tx: batches.rows_of(tx, BATCH))] == [1, 2, 3]
    with grid_of("form_batch_rows", **ROWS, state="made") as grid:
        assert grid.found(lambda tx: batches.waiting(tx, BATCH, 9)) == []


@pytest.mark.parametrize("form", [FORM, None])
def test_one_row_is_settled(grid_of: Any, form: Any) -> None:
    asked = {"workspace_id": HERE, "id": FORM, "status": "pending", "access": "direct"}
    with grid_of("forms", **asked), grid_of("form_batch_rows", **ROWS, state="waiting") as grid:
        one = grid.where(workspace_id=HERE, batch_id=ONE, place=1)
        assert grid.touched(lambda tx: batches.settle(tx, BATCH, 1, form, [WHY])) == one
        assert {row["state"] for row in grid.kept} == {"waiting", "made" if form else "failed"}


@pytest.mark.parametrize("work", [lambda tx: batches.cancel(tx, BATCH), lambda tx: batches.stop(tx, BATCH, WHY)])
def test_what_waits_of_one_batch_is_given_up(grid_of: Any, kept: Any, work: Any) -> None:
    of = ROWS | {"place": lambda number: number, "state": ["waiting", "made"]}
    with grid_of("form_batch_rows", **of) as grid, kept() as whole:
        assert grid.touched(work) == grid.where(workspace_id=HERE, batch_id=ONE, state="waiting")
        assert whole.touched(work) == whole.where(workspace_id=HERE, id=ONE)


def test_a_row_is_called_off_while_it_waits(grid_of: Any) -> None:
    for state in ("waiting", "made"):
        with grid_of("form_batch_rows", **ROWS, state=state) as grid:
            one = grid.where(workspace_id=HERE, batch_id=ONE, place=0) if state == "waiting" else []
            assert grid.touched(lambda tx: batches.cancel_row(tx, HERE, ONE, 0)) == one


@pytest.mark.parametrize("state", ["waiting", "made"])
def test_the_next_rows_are_due_as_long_as_some_wait(grid_of: Any, kept: Any, state: str) -> None:
    with kept() as grid, grid_of("form_batch_rows", workspace_id=HERE, batch_id=ONE, state=state):
        assert grid.touched(lambda tx: batches.put_off(tx, BATCH, NOW + SECOND)) == grid.where(
            workspace_id=HERE, id=ONE
        )
        assert grid.kept[0]["next_at"] == (NOW + SECOND if state == "waiting" else None)
    with kept() as grid, grid_of("form_batch_rows", workspace_id=HERE, batch_id=TWO, state=state):
        grid.touched(lambda tx: batches.put_off(tx, BATCH, NOW + SECOND))
        assert grid.kept[0]["next_at"] is None


def test_who_waits_to_be_asked(grid_of: Any, kept: Any) -> None:
    of = ROWS | {"place": lambda number: number, "state": ["waiting", "made"]}
    for next_at, expected in ((NOW, {(ONE, 0), (TWO, 2)}), (None, set())):
        with kept(next_at=next_at), grid_of("form_batch_rows", **of) as grid:
            found = grid.found(lambda tx: batches.waiting_users(tx, HERE))
            assert {(batch, place) for batch, place, _ in found} == expected


def test_batches_that_are_due(kept: Any) -> None:
    with kept(next_at=NOW) as grid:
        for at, count in ((NOW - SECOND, 0), (NOW, 4)):
            found = grid.found(lambda tx, at=at: batches.due(tx, at, 100), SERVER)
            assert len([each for each in found if each[0] in BOTH]) == count


def test_batches_that_somebody_sees_the_newest_first(kept: Any) -> None:
    with kept(id=lambda _: new_id(), actor_id=[EVE, BO], created_at=[NOW, NOW + SECOND]) as grid:
        mine = grid.where(workspace_id=HERE, actor_id=EVE)
        all_here = sorted(grid.where(workspace_id=HERE), key=lambda row: (row["created_at"], row["id"]), reverse=True)
        limited = system(scope=Scope((HERE,), owner=EVE))
        assert [each.id for each in grid.found(lambda tx: batches.newest(tx, 9), limited)] == [
            row["id"] for row in mine[::-1]
        ]
        assert [each.id for each in grid.found(lambda tx: batches.newest(tx, 3))] == [row["id"] for row in all_here[:3]]
        assert grid.found(lambda tx: batches.get(tx, mine[0]["id"]), limited).id == mine[0]["id"]
        other = grid.where(workspace_id=HERE, actor_id=BO)[0]["id"]
        assert grid.found(lambda tx: batches.get(tx, other), limited) is None


# ---- what is written about forms ----


@pytest.fixture
def written(grid_of: Any) -> Any:
    usual = {
        "workspace_id": BOTH,
        "form_id": [FORM, OTHER],
        "channel": "email",
        "status": "pending",
        "kind": "reminder",
    }
    return partial(grid_of, "form_notifications", **usual)


@pytest.mark.parametrize("channel", [None, "sms"])
def test_what_is_planned_is_called_off(written: Any, channel: Any) -> None:
    of = {"status": ["pending", "sent"], "kind": ["reminder", "code"], "channel": ["email", "sms"]}
    with written(**of, message_id=lambda _: new_id()) as grid:
        meant = grid.where(
            lambda row: channel in (None, row["channel"]), workspace_id=HERE, form_id=FORM, status="pending", kind="reminder"
        )  # fmt: skip
        assert grid.touched(lambda tx: notifications.skip(tx, HERE, FORM, ["reminder"], channel)) == meant


def test_the_messages_of_what_is_called_off_are_said(written: Any) -> None:
    with written(message_id=[ONE, None]) as grid:
        assert grid.found(lambda tx: notifications.skip(tx, HERE, FORM, ["reminder"])) == [ONE]
    with written(message_id=[ONE, None]) as grid:
        assert grid.found(lambda tx: notifications.messages_of(tx, HERE, [FORM])) == [ONE]


def test_what_a_message_was_written_for(written: Any) -> None:
    with written(message_id=[ONE, TWO]) as grid:
        one = grid.where(workspace_id=HERE, form_id=OTHER, message_id=TWO)
        with written(workspace_id=HERE, form_id=FORM, message_id=EVE) as beside:
            assert beside.found(lambda tx: notifications.by_message(tx, HERE, EVE)).id == beside.rows[0]["id"]
        assert grid.found(lambda tx: notifications.by_message(tx, HERE, BO)) is None
        assert len(one) == 1


def test_what_is_to_be_written_by_now_the_first_one_first(written: Any) -> None:
    times = [NOW, NOW - SECOND, NOW + SECOND]
    with written(at=times, message_id=[None, ONE], status=["pending", "skipped"]) as grid:
        meant = [
            grid.where(workspace_id=HERE, form_id=FORM, at=at, message_id=None, status="pending")[0]["id"]
            for at in (NOW - SECOND, NOW)
        ]
        assert [each.id for each in grid.found(lambda tx: notifications.due_of_form(tx, FORM, NOW))] == meant


def test_what_is_planned_and_not_written_is_planned_anew(written: Any) -> None:
    of = {"status": ["pending", "sent"], "message_id": [None, ONE], "kind": ["invitation", "reminder", "code"]}
    with written(**of) as grid:
        gone = grid.where(
            lambda row: row["kind"] != "code", workspace_id=HERE, form_id=FORM, status="pending", message_id=None
        )
        assert grid.touched(lambda tx: notifications.drop_planned(tx, HERE, FORM)) == gone


def test_to_whom_it_was_is_forgotten(written: Any) -> None:
    with written(recipient="eve") as grid:
        gone = grid.where(workspace_id=HERE, form_id=FORM)
        assert grid.touched(lambda tx: notifications.forget_recipients(tx, HERE, [FORM])) == gone


def test_what_is_written_about_forms_in_order(written: Any) -> None:
    with written(at=[NOW + SECOND, NOW]) as grid:
        found = grid.found(lambda tx: notifications.of_forms(tx, [FORM]))
        assert {form: [each.at for each in those] for form, those in found.items()} == {FORM: [NOW, NOW + SECOND]}


def test_forms_of_which_something_is_due(written: Any, grid_of: Any) -> None:
    places = {"id": BOTH, "slug": lambda number: f"rows-{number}"}
    usual = {"access": "direct", "reference": str, "workspace_id": HERE, "id": OTHER}
    cases: list[tuple[dict[str, Any], dict[str, Any], set[Any]]] = [
        ({"at": NOW}, {"status": "completed"}, {FORM}),
        ({"at": NOW + SECOND}, {"status": "completed"}, set()),
        ({"at": NOW, "status": "sent"}, {"status": "completed"}, set()),
        ({"at": NOW, "message_id": ONE}, {"status": "completed"}, set()),
        ({"at": NOW + SECOND}, {"status": "pending", "active_until": NOW}, {OTHER}),
        ({"at": NOW + SECOND}, {"status": "pending", "active_until": NOW + SECOND}, set()),
        ({"at": NOW + SECOND}, {"status": "pending", "active_until": NOW, "expired_at": NOW}, set()),
        ({"at": NOW + SECOND}, {"status": "completed", "active_until": NOW}, set()),
    ]
    with grid_of("workspaces", **places):
        for said, form, expected in cases:
            with written(workspace_id=HERE, form_id=FORM, **said) as grid, grid_of("forms", **usual | form):
                found = grid.found(lambda tx: notifications.due(tx, NOW, 1000), SERVER)
                assert {form_id for workspace, form_id in found if workspace in BOTH} == expected, (said, form)
