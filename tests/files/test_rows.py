"""Which files each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from dossier.files.store import checking, holding, leaving, previews, rows, uploads
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.identifiers import new_id
from dossier.foundation.share import Share
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

EVE, BO, FILE, OTHER, CASE, CASE_TOO = (new_id() for _ in range(6))
BOTH = [HERE, THERE]
SECOND = timedelta(seconds=1)
SENDER = Actor("token", EVE, "Eve", "api", Scope((HERE,)))
FILES = {
    "workspace_id": BOTH,
    "scope": "restricted",
    "sha256": bytes(32),
    "size": 5,
    "actor_type": "token",
    "object": str,
}


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.fixture
def files(grid_of: Any) -> Any:
    return partial(grid_of, "files", **FILES)


@pytest.fixture
def places(grid_of: Any) -> Any:
    with grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}") as grid:
        yield grid


def named(row: dict[str, Any], **more: Any) -> Any:
    return SimpleNamespace(**row | {"name": "x", "scope": "restricted"} | more)


def ids(found: list[dict[str, Any]]) -> list[UUID]:
    return [row["id"] for row in found]


def test_one_file_is_changed(files: Any) -> None:
    with files(id=[FILE, OTHER]) as grid:
        one = grid.where(workspace_id=HERE, id=FILE)
        change: Any = SimpleNamespace(name="new", scope=None)
        assert grid.touched(lambda tx: rows.change(tx, named(one[0]), change)) == one
        assert grid.touched(lambda tx: checking.decide(tx, named(one[0]), "clean")) == one
        assert grid.touched(lambda tx: checking.release(tx, named(one[0]))) == one


@pytest.mark.parametrize(("was", "becomes", "counted"), [("public", "restricted", 1), ("restricted", "restricted", 0), ("public", "public", 0), ("restricted", "public", 0)])  # fmt: skip
def test_a_key_is_over_when_a_file_is_restricted(files: Any, was: str, becomes: str, counted: int) -> None:
    with files(workspace_id=HERE, scope=was) as grid:
        change: Any = SimpleNamespace(name=None, scope=becomes)
        grid.touched(lambda tx: rows.change(tx, named(grid.rows[0], scope=was), change))
        assert (grid.kept[0]["key_number"], grid.kept[0]["scope"]) == (counted, becomes)


def test_what_holds_a_file(files: Any, grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "file_id": [FILE, OTHER], "kind": ["case", "form"], "holder_id": [CASE, CASE_TOO]}
    with grid_of("file_holders", **of) as grid:
        found = grid.found(lambda tx: rows.holders(tx, named({"workspace_id": HERE, "id": FILE}), 3))
        assert [(each.type, each.id) for each in found] == [("case", CASE), ("case", CASE_TOO), ("form", CASE)]
        one = {"workspace_id": HERE, "holder_id": CASE, "kind": "case"}
        gone = grid.where(**one, file_id=FILE)
        assert grid.touched(lambda tx: holding.drop(tx, "case", HERE, CASE, [str(FILE)])) == gone
        assert grid.touched(lambda tx: holding.leave(tx, "case", HERE, CASE)) == grid.where(**one, file_id=OTHER)


def test_what_nothing_else_holds_goes_with_its_holder(files: Any, grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "file_id": [FILE, OTHER], "kind": "case", "holder_id": CASE}
    with (
        files(id=[FILE, OTHER]),
        grid_of("file_holders", workspace_id=HERE, file_id=OTHER, kind="case", holder_id=CASE_TOO),
        grid_of("file_holders", **of) as grid,
    ):
        assert grid.found(lambda tx: holding.leave(tx, "case", HERE, CASE)) == [FILE]


def test_what_somebody_outside_sent_and_nothing_holds(files: Any, grid_of: Any) -> None:
    for actor_type, expected in (("contact", 1), ("member", 0)):
        with files(actor_type=actor_type, actor_id=[EVE, BO]) as grid:
            meant = ids(grid.where(workspace_id=HERE, actor_id=EVE))[:expected]
            assert grid.found(lambda tx: holding.unheld_of(tx, HERE, EVE)) == meant
    with files(id=FILE, actor_type="contact", actor_id=EVE) as grid:
        for holds, expected in (({"workspace_id": THERE}, [FILE]), ({"workspace_id": HERE}, [])):
            with grid_of("file_holders", file_id=FILE, kind="case", **holds):
                assert grid.found(lambda tx: holding.unheld_of(tx, HERE, EVE)) == expected


def test_files_that_histories_name(files: Any) -> None:
    with files(id=[FILE, OTHER], erased_at=None) as grid:
        found = grid.found(lambda tx: holding.named(tx, HERE, [str(FILE), str(CASE)]))
        assert {id: each.erased for id, each in found.items()} == {str(FILE): False}
    with files(id=FILE, erased_at=NOW) as grid:
        assert grid.found(lambda tx: holding.named(tx, HERE, [str(FILE)]))[str(FILE)].erased
        assert grid.found(lambda tx: holding.named(tx, HERE, [str(OTHER)])) == {}


# ---- looked at by a scanner ----


def test_the_file_that_waits_longest_is_looked_at(files: Any, places: Any, world: World) -> None:
    now = world.clock()
    asked = [now - 2 * SECOND, now - 3 * SECOND, now]
    with files(verdict=["pending", "clean"], asked_at=asked) as grid:
        meant = grid.where(verdict="pending", asked_at=now - 3 * SECOND)[:1]
        assert grid.touched(lambda tx: checking.take(tx, SECOND), SERVER) == meant
    with files(verdict="pending", asked_at=[now, None]) as grid:
        assert grid.touched(lambda tx: checking.take(tx, SECOND), SERVER) == grid.where(asked_at=None)[:1]
    with files(verdict="pending", asked_at=None, erased_at=NOW) as grid:
        assert grid.found(lambda tx: checking.take(tx, SECOND), SERVER) is None


def test_what_waits_too_long_is_given_up(files: Any, places: Any) -> None:
    with files(verdict=["pending", "clean"], created_at=[NOW, NOW + SECOND]) as grid:
        meant = grid.where(verdict="pending", created_at=NOW)
        assert grid.touched(lambda tx: checking.give_up(tx, NOW), SERVER) == meant


def test_files_are_paged_by_what_is_known_of_them(files: Any) -> None:
    with files(verdict=["clean", "none", "pending"], erased_at=[None, NOW], name=["a", "b"]) as grid:
        meant = sorted(
            row["id"] for row in grid.where(workspace_id=HERE, erased_at=None) if row["verdict"] != "pending"
        )
        for after, most, expected in ((UUID(int=0), 9, meant), (meant[0], 2, meant[1:3])):
            found = grid.found(lambda tx, a=after, m=most: checking.page(tx, HERE, a, m, verdicts=["clean", "none"]))
            assert [each.id for each in found] == expected


# ---- content ----


def test_deleted_files_leave_their_content(files: Any, grid_of: Any, places: Any) -> None:
    with files(id=[FILE, OTHER]) as grid, grid_of("file_usage", workspace_id=BOTH, bytes=100) as usage:
        assert grid.touched(lambda tx: leaving.delete(tx, HERE, [FILE])) == grid.where(workspace_id=HERE, id=FILE)
        assert grid.found(lambda tx: leaving.used(tx, HERE)) == 95
        assert grid.found(lambda tx: leaving.used(tx, THERE)) == 0
        other = grid.where(workspace_id=HERE, id=OTHER)
        assert grid.touched(lambda tx: leaving.empty(tx, named(other[0]), NOW)) == other
        assert usage.touched(lambda tx: leaving.use(tx, HERE, -1000)) == usage.where(workspace_id=HERE)
        assert grid.found(lambda tx: leaving.used(tx, HERE)) == 0
        left = [leaving.Left(HERE, row["object"]) for row in grid.where(workspace_id=HERE)]
        grid.found(lambda tx: leaving.forget(tx, left))


def test_content_is_left_for_a_while(grid_of: Any, places: Any) -> None:
    with grid_of(
        "file_objects_left", workspace_id=BOTH, object=["a", "b"], since=lambda n: NOW + n % 2 * SECOND
    ) as grid:
        found = grid.found(lambda tx: leaving.left(tx, NOW, 100), SERVER)
        assert {each for each in found if each.workspace_id in BOTH} == {(HERE, "a"), (THERE, "a")}
        gone = [leaving.Left(HERE, "a"), leaving.Left(THERE, "b")]
        assert grid.touched(lambda tx: leaving.forget(tx, gone), SERVER) == [grid.rows[0], grid.rows[3]]


def test_files_whose_time_is_over_go_unless_something_holds_them(files: Any, grid_of: Any, places: Any) -> None:
    with (
        files(id=[FILE, OTHER], goes_at=NOW) as grid,
        grid_of("file_holders", workspace_id=HERE, file_id=FILE, kind="case"),
    ):
        for before, expected in ((NOW, set()), (NOW + SECOND, {(HERE, OTHER), (THERE, FILE), (THERE, OTHER)})):
            found = grid.found(lambda tx, at=before: leaving.going(tx, at, 100), SERVER)
            assert {each for each in found if each[0] in BOTH} == expected


def test_what_files_say_of_their_content(files: Any) -> None:
    with files(erased_at=[None, NOW], name=["a", "b", "c"]) as grid:
        meant = sorted(ids(grid.where(workspace_id=HERE, erased_at=None)))
        found = grid.found(lambda tx: leaving.expected(tx, HERE, meant[0], 9))
        assert [each.id for each in found] == meant[1:]


@pytest.mark.parametrize("table", ["files", "file_previews", "file_objects_left"])
def test_content_is_known_where_its_workspace_has_it(grid_of: Any, table: str) -> None:
    more = FILES if table == "files" else {"sha256": bytes(32), "bytes": 1} if table == "file_previews" else {}
    mine, theirs = f"{HERE}/a", f"{THERE}/a"
    with grid_of(table, **more | {"workspace_id": HERE, "object": mine}) as grid:
        asked = [mine, theirs, f"{HERE}/b"]
        assert grid.found(lambda tx: leaving.known(tx, asked), SERVER) == {mine}


# ---- on the way ----

UPLOADS = {"workspace_id": BOTH, "id": [FILE, OTHER], "actor_type": "token", "scope": "restricted", "size": 9}


def _came(transaction: Any, place: str, count: int = 5) -> Any:
    upload: Any = SimpleNamespace(id=FILE, place=place)
    return uploads.received(transaction, upload, count, "b", NOW + SECOND)


def test_what_is_on_its_way_is_its_senders(grid_of: Any) -> None:
    for actor_type, actor_id, is_theirs in (("token", EVE, True), ("token", BO, False), ("member", EVE, False)):
        of = UPLOADS | {"actor_type": actor_type, "actor_id": actor_id, "place": "here"}
        with grid_of("file_uploads", **of) as grid:
            one = grid.where(workspace_id=HERE, id=FILE) if is_theirs else []
            assert grid.touched(lambda tx: _came(tx, "there"), SENDER) == []
            assert grid.touched(lambda tx: _came(tx, "here"), SENDER) == one
            assert grid.touched(lambda tx: uploads.claim(tx, FILE, "there"), SENDER) == [], "it has a place"
            assert bool(grid.found(lambda tx: uploads.claim(tx, FILE, "there"), SENDER)) == is_theirs
            assert grid.touched(lambda tx: uploads.remove(tx, FILE), SENDER) == one


def test_what_has_nowhere_to_be_comes_to_any_place(grid_of: Any) -> None:
    with grid_of("file_uploads", **UPLOADS, actor_id=EVE, place="here") as grid:
        one = grid.where(workspace_id=HERE, id=FILE)
        assert grid.touched(lambda tx: uploads.claim(tx, FILE, "there"), SENDER) == one


def test_time_goes_on_as_bytes_come(grid_of: Any) -> None:
    with grid_of("file_uploads", **UPLOADS | {"id": FILE}, actor_id=EVE, place="here", received=5, goes_at=NOW) as grid:
        for count, until in ((5, NOW), (6, NOW + SECOND)):
            grid.touched(lambda tx, count=count: _came(tx, "here", count), SENDER)
            assert (grid.kept[0]["received"], grid.kept[0]["goes_at"]) == (count, until)


def test_what_somebody_has_sent_is_counted(grid_of: Any, files: Any) -> None:
    on_the_way = UPLOADS | {"id": lambda _: new_id(), "actor_type": ["token", "member"], "actor_id": [EVE, BO]}
    with files(actor_id=[EVE, BO], erased_at=[None, NOW]) as grid, grid_of("file_uploads", **on_the_way):
        assert grid.found(lambda tx: uploads.sent(tx, HERE, SENDER)) == Share(5 + 9, 2)
        assert grid.found(lambda tx: uploads.count(tx), SENDER) == 2


def test_what_an_outsider_began_is_given_up(grid_of: Any) -> None:
    of = UPLOADS | {"id": lambda _: new_id(), "actor_type": ["contact", "token"], "actor_id": [EVE, BO]}
    with grid_of("file_uploads", **of) as grid:
        gone = grid.where(workspace_id=HERE, actor_type="contact", actor_id=EVE)
        assert grid.touched(lambda tx: uploads.give_up(tx, HERE, EVE)) == gone


def test_what_is_on_its_way_too_long_is_taken_out(grid_of: Any, places: Any, world: World) -> None:
    with world.clock.held() as now:
        of = UPLOADS | {"actor_id": EVE, "goes_at": lambda number: now - number % 2 * SECOND}
        with grid_of("file_uploads", **of) as grid:
            found = grid.found(lambda tx: uploads.over(tx, now, 100), SERVER)
            assert {each for each in found if each[0] in BOTH} == {(HERE, OTHER), (THERE, OTHER)}
            gone = grid.where(workspace_id=HERE, id=OTHER)
            assert grid.touched(lambda tx: uploads.remove_over(tx, [FILE, OTHER])) == gone


# ---- pictures of files ----


def test_a_picture_is_of_one_file_page_and_size(grid_of: Any, places: Any) -> None:
    of = {"workspace_id": BOTH, "file_id": [FILE, OTHER], "page": [1, 2], "size": [320, 800]}
    file: Any = SimpleNamespace(workspace_id=HERE, id=FILE)
    with grid_of("file_previews", **of, object=str, bytes=1, sha256=bytes(32)) as grid:
        one = grid.where(workspace_id=HERE, file_id=FILE, page=2, size=320)
        found = grid.found(lambda tx: previews.find(tx, file, 2, 320))
        assert found.object == one[0]["object"]
        assert grid.found(lambda tx: previews.find(tx, file, 3, 320)) is None
        assert grid.touched(lambda tx: previews.forget(tx, file, found)) == one


def test_what_a_file_turned_out_to_have(files: Any) -> None:
    with files(id=[FILE, OTHER], pages=3) as grid:
        one = grid.where(workspace_id=HERE, id=FILE)
        for pages, kept in ((None, 3), (7, 7)):
            assert grid.touched(lambda tx, p=pages: previews.note(tx, named(one[0]), p, drawn=p is None)) == one
            assert grid.kept[0]["pages"] == kept


@pytest.mark.parametrize(
    ("said", "is_there"),
    [({}, True), ({"erased_at": NOW}, False), ({"verdict": "infected"}, False), ({"object": "other"}, False), ({"id": OTHER}, False)],
)  # fmt: skip
def test_pictures_are_made_of_what_is_there(files: Any, said: Any, is_there: bool) -> None:
    with files(**{"workspace_id": HERE, "id": FILE, "object": "o"} | said) as grid:
        file: Any = SimpleNamespace(workspace_id=HERE, id=FILE, object="o")
        assert grid.found(lambda tx: previews.lock(tx, file)) == is_there
