"""Whose history each statement is about: entries of other things stay as they are, and are not read."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.contacts.model import CONTACT_RECORD
from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message
from dossier.records.store import bulk, history
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

EVE, BO, OTHER = (new_id() for _ in range(3))
THING: Any = SimpleNamespace(workspace_id=HERE, id=EVE, version=3)
SECOND = timedelta(seconds=1)


@pytest.fixture
def entries(world: World, database_url: str) -> Any:
    of_each = {"workspace_id": [HERE, THERE], "contact_id": [EVE, BO], "version": [1, 2, 3], "actor_type": "system"}
    times = {"at": lambda number: NOW + number % 3 * SECOND}
    return partial(Grid, world, database_url, "contact_events", **of_each, **times)


def changed(**paths: Any) -> dict[str, Any]:
    return {path: {"old": old, "new": new} for path, (old, new) in paths.items()}


def test_the_entries_of_one_thing_are_read(entries: Any) -> None:
    with entries() as grid:
        mine = [row["id"] for row in grid.where(workspace_id=HERE, contact_id=EVE)]
        count, page = grid.found(lambda tx: history.page(tx, CONTACT_RECORD, THING, 2, 1))
        assert (count, [each.id for each in page]) == (3, [mine[1], mine[0]])
        assert grid.found(lambda tx: history.newest(tx, CONTACT_RECORD, HERE, EVE)) == 3
        assert grid.found(lambda tx: history.newest(tx, CONTACT_RECORD, HERE, OTHER)) == 0
        assert grid.found(lambda tx: history.get(tx, CONTACT_RECORD, THING, mine[1])).version == 2
        elsewhere = grid.where(contact_id=BO)[0]["id"]
        assert grid.found(lambda tx: history.get(tx, CONTACT_RECORD, THING, elsewhere)) is None
        assert grid.found(lambda tx: history.of_version(tx, CONTACT_RECORD, THING, 2)).id == mine[1]
        assert grid.found(lambda tx: history.of_version(tx, CONTACT_RECORD, THING, 4)) is None
        moments = [
            grid.found(lambda tx, at=at: history.moment_of(tx, CONTACT_RECORD, THING, at)) for at in (0, 1, 2, 9)
        ]
        assert moments == [None, NOW, NOW + SECOND, NOW + 2 * SECOND]


def test_what_changed_a_path_since_a_version(entries: Any) -> None:
    with entries(changes=lambda number: changed(**{["email", "phone", "email"][number % 3]: (1, 2)})) as grid:
        asked: list[tuple[int, Any, list[int]]] = [
            (0, None, [3, 2, 1]),
            (1, None, [3, 2]),
            (0, ["email"], [3, 1]),
            (1, ["email", "name"], [3]),
            (0, [], []),
        ]
        for version, paths, expected in asked:
            found = grid.found(lambda tx, v=version, p=paths: history.since(tx, CONTACT_RECORD, THING, v, p))
            assert [each.version for each in found] == expected


def test_a_thing_as_it_was_at_a_moment(entries: Any) -> None:
    """Each part as the first later change found it."""

    def said(number: int) -> dict[str, Any]:
        version, who = number % 3 + 1, number // 3
        return changed(email=(f"{who}.{version - 1}", f"{who}.{version}")) | (
            changed(phone=(who, 9)) if version == 3 else {}
        )

    with entries(changes=said) as grid:
        for moment, expected in (
            (NOW - SECOND, ({"email": "0.0", "phone": 0}, 0)),
            (NOW, ({"email": "0.1", "phone": 0}, 1)),
            (NOW + SECOND, ({"email": "0.2", "phone": 0}, 2)),
            (NOW + 2 * SECOND, ({}, 3)),
        ):
            assert grid.found(lambda tx, at=moment: history.before(tx, CONTACT_RECORD, THING, at)) == expected


def test_a_history_is_forgotten_alone(entries: Any) -> None:
    with entries() as grid:
        gone = grid.where(workspace_id=HERE, contact_id=EVE)
        assert grid.touched(lambda tx: history.forget(tx, CONTACT_RECORD, HERE, EVE)) == gone


@pytest.mark.parametrize(
    ("things", "in_any_case", "is_meant"),
    [
        ([EVE], False, lambda row: row["contact_id"] == EVE and "Eve" in str(row["changes"])),
        ([EVE], True, lambda row: row["contact_id"] == EVE and "eve" in str(row["changes"]).lower()),
        (None, False, lambda row: "Eve" in str(row["changes"])),
        ([], False, lambda _: False),
    ],
)
def test_what_histories_say_is_put_anew(entries: Any, things: Any, in_any_case: bool, is_meant: Any) -> None:
    def anew(_changes: Any) -> Any:
        return {}

    with entries(changes=lambda number: changed(name=(["Eve", "eve", "Bo"][number % 3], None))) as grid:
        meant = grid.where(is_meant, workspace_id=HERE)
        work = partial(history.rewrite, record=CONTACT_RECORD, workspace_id=HERE, text="Eve", anew=anew, things=things)
        assert grid.touched(lambda tx: work(tx, in_any_case=in_any_case)) == meant
        assert grid.found(lambda tx: work(tx, in_any_case=in_any_case)) == set()


def test_whose_histories_were_put_anew_is_said(entries: Any) -> None:
    with entries(changes=lambda number: changed(name=("Eve" if number < 3 else "Bo", None))) as grid:
        named = grid.found(lambda tx: history.rewrite(tx, CONTACT_RECORD, HERE, "Eve", lambda _: {}))
        assert named == {EVE}
    with entries(changes=changed(name=("Eve", None))) as grid:
        assert grid.found(lambda tx: history.rewrite(tx, CONTACT_RECORD, HERE, "Eve", lambda each: each)) == set()


def test_where_the_newest_value_of_a_part_was_given(entries: Any) -> None:
    def said(number: int) -> dict[str, Any]:
        source = {"form": number} if number % 3 < 2 else None
        given = {"data.a": {"old": 1, "new": 2} | ({"source": source} if source else {})}
        return given | {"data.b": {"source": {"form": number}}, "other": {"source": {"form": 0}}}

    with entries(changes=said) as grid:
        found = grid.found(lambda tx: history.sources(tx, CONTACT_RECORD, THING, "data."))
        assert found == {"data.b": ({"form": 2}, NOW + 2 * SECOND)}


def test_whom_a_thing_has_ever_mentioned(entries: Any) -> None:
    here, there, other = (new_id() for _ in range(3))

    def said(number: int) -> dict[str, Any]:
        who = here if number < 3 else there
        return {"contacts.main": {"old": None, "new": {"id": str(who)}}, "owner": {"old": {"id": str(other)}}}

    with entries(changes=said) as grid:
        assert grid.found(lambda tx: history.mentioned(tx, CONTACT_RECORD, THING, "contacts.")) == {here}


# ---- changes of many ----

BULK, BULK_TOO = new_id(), new_id()
RESULTS = {"workspace_id": [HERE, THERE], "bulk_id": [BULK, BULK_TOO]}


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


def test_what_came_of_each_is_kept_and_counted(grid_of: Any) -> None:
    outcomes = ["changed", "unchanged", "refused", None]
    of = RESULTS | {"outcome": outcomes, "version": [1, None], "position": lambda number: number}
    changes = {"workspace_id": [HERE, THERE], "id": [BULK, BULK_TOO], "record": CONTACT_RECORD.name}
    with grid_of("bulk_changes", **changes) as whole, grid_of("bulk_results", **of) as grid:
        found = grid.found(lambda tx: bulk.get(tx, CONTACT_RECORD, HERE, BULK))
        assert (found.total, found.changed, found.unchanged, found.refused, found.undoable) == (8, 2, 2, 2, 1)
        assert grid.found(lambda tx: bulk.get(tx, CONTACT_RECORD, HERE, OTHER)) is None
        assert grid.found(lambda tx: bulk.asked(tx, HERE, OTHER)) is None
        assert grid.found(lambda tx: bulk.asked(tx, HERE, BULK)).kind == "x"
        here = grid.where(workspace_id=HERE, bulk_id=BULK)
        told = grid.found(lambda tx: bulk.results(tx, HERE, BULK, 5))
        assert [each.outcome for each in told] == ["refused", "refused", "changed", "changed", "unchanged"]
        assert [each.id for each in told[:2]] == [row["record_id"] for row in here if row["outcome"] == "refused"]
        waiting = [row["position"] for row in here if row["outcome"] is None]
        for most in (1, 9):
            pending = grid.found(lambda tx, m=most: bulk.pending(tx, HERE, BULK, m))
            assert [each.position for each in pending] == waiting[:most]
        undone = [row["position"] for row in here if row["outcome"] == "changed" and row["version"]]
        assert [each.position for each in grid.found(lambda tx: bulk.changed(tx, HERE, BULK))] == undone
        assert grid.touched(lambda tx: bulk.note(tx, HERE, BULK, waiting[0], "changed")) == [here[waiting[0]]]
        assert whole.touched(lambda tx: bulk.finish(tx, HERE, BULK)) == whole.where(workspace_id=HERE, id=BULK)


def test_a_change_of_another_kind_is_none(grid_of: Any) -> None:
    with (
        grid_of("bulk_changes", workspace_id=HERE, id=BULK, record="case") as grid,
        grid_of("bulk_results", workspace_id=HERE, bulk_id=BULK),
    ):
        assert grid.found(lambda tx: bulk.get(tx, CONTACT_RECORD, HERE, BULK)) is None


def test_changes_that_nobody_works_on_are_given_up(grid_of: Any, world: World) -> None:
    with world.clock.held() as now:
        minute = timedelta(minutes=1)
        for said, is_over in (
            ({"created_at": now - minute - SECOND}, True),
            ({"created_at": now - minute}, False),
            ({"created_at": NOW - minute, "finished_at": NOW}, False),
            ({"created_at": NOW, "record": "case"}, False),
            ({"created_at": NOW, "id": BULK_TOO}, False),
        ):
            of = {"workspace_id": HERE, "id": BULK, "record": CONTACT_RECORD.name} | said
            results = {"workspace_id": [HERE, THERE], "bulk_id": [BULK, BULK_TOO], "outcome": [None, "changed"]}
            with grid_of("bulk_changes", **of), grid_of("bulk_results", **results, position=lambda n: n) as grid:
                gone = grid.where(workspace_id=HERE, bulk_id=BULK, outcome=None) if is_over else []
                work = lambda tx: bulk.give_up(tx, CONTACT_RECORD, [str(BULK_TOO)], Message("gone"))  # noqa: E731
                assert grid.touched(work, SERVER) == gone, said


def test_a_text_that_was_asked_for_is_put_anew(grid_of: Any) -> None:
    of = {"workspace_id": [HERE, THERE], "value": ["Eve", "eve", "Bo", None]}
    results = RESULTS | {"detail": ["of EVE", "of bo", None], "position": lambda number: number}
    with grid_of("bulk_changes", **of) as grid, grid_of("bulk_results", **results) as refused:
        gone = [row for row in grid.where(workspace_id=HERE) if row["value"] in ("Eve", "eve")]
        assert grid.touched(lambda tx: bulk.forget_text(tx, HERE, "eVe", "–")) == gone
        meant = refused.where(workspace_id=HERE, detail="of EVE")
        assert refused.touched(lambda tx: bulk.forget_text(tx, HERE, "eVe", "–")) == meant


def test_what_was_done_a_month_ago_is_forgotten(grid_of: Any, world: World) -> None:
    with world.clock.held() as now:
        month = now - timedelta(days=30)
        with grid_of("bulk_changes", workspace_id=[HERE, THERE], finished_at=[None, month, month - SECOND]) as grid:
            assert grid.touched(lambda tx: bulk.purge_expired(tx), SERVER) == grid.where(finished_at=month - SECOND)
