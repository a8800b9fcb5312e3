"""Whose sessions and codes each statement is about: of another form, link or person they stay as they are."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.forms.model import person
from dossier.forms.store import access, people
from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

FORM_ID, OTHER = new_id(), new_id()
FORM: Any = SimpleNamespace(workspace_id=HERE, id=FORM_ID, link=2)
BOTH = [HERE, THERE]
EACH = {"workspace_id": BOTH, "form_id": [FORM_ID, OTHER], "link": [1, 2]}
MEANT = {"workspace_id": HERE, "form_id": FORM_ID, "link": 2}
SECOND = timedelta(seconds=1)


def secret(number: int) -> bytes:
    return b"secret" + bytes([number])


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.mark.parametrize(("more", "is_inside"), [(0, False), (1, True)])
def test_a_session_is_of_one_form_and_link(grid_of: Any, more: int, is_inside: bool) -> None:
    with grid_of("form_sessions", **EACH, hash=secret, expires_at=NOW + more * SECOND) as grid:
        inside = [bool(grid.found(lambda tx, n=n: access.entry(tx, FORM, secret(n), NOW)).inside) for n in range(8)]
        assert inside == [is_inside and row in grid.where(**MEANT) for row in grid.rows]


def test_entries_and_codes_are_of_one_form_and_link(grid_of: Any) -> None:
    def sent(number: int) -> Any:
        return NOW + number % 3 * SECOND

    codes = EACH | {"code": ["x", "x", ""], "sent_at": sent, "expires_at": sent, "tries": lambda number: number}
    with grid_of("form_codes", **codes) as grid, grid_of("form_entries", **EACH, wrong=lambda number: number):
        found = grid.found(lambda tx: access.entry(tx, FORM, None, NOW))
        newest = grid.where(**MEANT, code="x")[1]
        assert (found.wrong, found.code_until, found.code_tries) == (1, newest["expires_at"], newest["tries"])


def test_an_entry_is_counted_where_it_was_made(grid_of: Any) -> None:
    with grid_of("form_entries", **EACH, wrong=3) as grid:
        assert grid.touched(lambda tx: access.count(tx, FORM)) == grid.where(**MEANT)
        assert grid.touched(lambda tx: access.was_right(tx, FORM)) == grid.where(**MEANT)
        assert grid.found(lambda tx: access.count(tx, FORM)) == 4


def test_the_newest_sessions_of_a_form_stay(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "form_id": [FORM_ID, OTHER], "created_at": [NOW, NOW + SECOND, NOW + 2 * SECOND]}
    with grid_of("form_sessions", **of, hash=secret) as grid:
        gone = grid.where(workspace_id=HERE, form_id=FORM_ID)[:2]
        assert grid.touched(lambda tx: access.make_room(tx, FORM, 1)) == gone
        assert grid.touched(lambda tx: access.make_room(tx, FORM, 1)) == []


def test_codes_are_counted_for_the_form_and_for_the_address(grid_of: Any) -> None:
    of = EACH | {"address": ["eve", "bo"], "sent_at": [NOW, NOW + SECOND]}
    asked = {"workspace_id": BOTH, "hash": secret, "address": ["eve", "bo"], "sent_at": [NOW, NOW + SECOND]}
    with grid_of("form_codes", **of) as grid, grid_of("person_codes", **asked):
        assert grid.found(lambda tx: access.sent(tx, FORM, ["eve", "ann"], NOW)) == (4, 5)
        assert grid.found(lambda tx: people.asked(tx, HERE, ["eve", "ann"], NOW)) == (1, 5)


def test_codes_before_a_new_one_hold_no_more(grid_of: Any, world: World) -> None:
    now = world.clock()
    with (
        grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}"),
        grid_of("forms", workspace_id=HERE, id=FORM_ID, status="pending", access="direct"),
        grid_of("form_codes", **EACH, expires_at=[now - timedelta(days=1), now + timedelta(days=1)]) as grid,
    ):
        meant = grid.where(lambda row: row["expires_at"] > now, workspace_id=HERE, form_id=FORM_ID)
        assert grid.touched(lambda tx: access.put_code(tx, FORM, new_id(), "eve", "x", now)) == meant
        grid.found(lambda tx: access.forget_old(tx, now + SECOND), SERVER)


def test_a_code_is_tried_in_time_and_not_too_often(grid_of: Any, world: World) -> None:
    with world.clock.held() as now:
        of = EACH | {"code": ["x", ""], "sent_at": NOW}
        for expires, tries, is_tried in ((now + SECOND, 4, True), (now, 4, False), (now + SECOND, 5, False)):
            with grid_of("form_codes", **of, expires_at=expires, tries=tries) as grid:
                meant = grid.where(**MEANT, code="x") if is_tried else []
                assert grid.touched(lambda tx: access.try_code(tx, FORM, 5)) == meant


def test_codes_of_a_form_are_spent(grid_of: Any, world: World) -> None:
    later = world.clock() + timedelta(days=1)
    with grid_of("form_codes", **EACH, expires_at=[later, NOW]) as grid:
        assert grid.touched(lambda tx: access.spend_codes(tx, FORM)) == grid.where(**MEANT, expires_at=later)


def test_old_sessions_and_codes_are_forgotten(grid_of: Any) -> None:
    times = {"expires_at": [NOW, NOW - SECOND]}
    with (
        grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}"),
        grid_of("form_sessions", workspace_id=BOTH, hash=secret, **times) as sessions,
        grid_of("form_codes", workspace_id=BOTH, **times) as codes,
    ):
        for grid in (sessions, codes):
            gone = grid.where(expires_at=NOW - SECOND)
            assert grid.touched(lambda tx: access.forget_old(tx, NOW), SERVER) == gone


# ---- of a personal page ----

CODES = {"workspace_id": BOTH, "hash": [secret(1), secret(2)]}
MINE = {"workspace_id": HERE, "hash": secret(1)}


def test_what_a_browser_asked_for_is_its_own(grid_of: Any, world: World) -> None:
    with world.clock.held() as now:
        with grid_of("person_codes", **CODES, expires_at=now + SECOND, tries=4, code=str) as grid:
            assert grid.found(lambda tx: people.code(tx, HERE, secret(1))).code == "0"
            assert grid.found(lambda tx: people.lock_code(tx, HERE, secret(2))).code == "1"
            assert grid.found(lambda tx: people.code(tx, HERE, secret(3))) is None
            assert grid.touched(lambda tx: people.set_code(tx, HERE, secret(1), "new")) == grid.where(**MINE)
            assert grid.touched(lambda tx: people.try_code(tx, HERE, secret(1), 5)) == grid.where(**MINE)
            assert grid.found(lambda tx: people.try_code(tx, HERE, secret(1), 5)) is None, "it was tried too often"
        with grid_of("person_codes", **CODES, expires_at=now) as grid:
            assert grid.found(lambda tx: people.try_code(tx, HERE, secret(1), 5)) is None, "it is over"


def test_a_session_of_a_person_holds_in_time(grid_of: Any) -> None:
    with grid_of("person_sessions", **CODES, expires_at=NOW, sent_to=secret) as grid:
        early = NOW - SECOND
        assert grid.found(lambda tx: people.session(tx, HERE, secret(2), early)) == secret(1)
        assert grid.found(lambda tx: people.session(tx, HERE, secret(3), early)) is None
        assert grid.found(lambda tx: people.session(tx, HERE, secret(2), NOW)) is None


@pytest.mark.parametrize(("table", "column"), [("person_codes", "hash"), ("person_sessions", "hash"), ("form_sessions", "person")])  # fmt: skip
def test_what_a_browser_holds_ends(grid_of: Any, table: str, column: str) -> None:
    more = {} if column == "hash" else {"hash": secret}
    with grid_of(table, workspace_id=BOTH, **{column: [secret(1), secret(2)]} | more) as grid:
        gone = grid.where(**{"workspace_id": HERE, column: secret(1)})
        assert grid.touched(lambda tx: people.end(tx, HERE, secret(1))) == gone


def test_what_is_counted_is_of_one_subject_and_time(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "what": ["code", "wrong"], "subject": ["eve", "bo"], "since": [NOW, NOW + SECOND]}
    one = {"workspace_id": HERE, "what": "code", "subject": "eve", "since": NOW}
    with grid_of("person_counts", **of, count=3) as grid:
        assert grid.touched(lambda tx: people.count(tx, HERE, "code", "eve", NOW)) == grid.where(**one)
        counts = [grid.found(lambda tx, by=by: people.count(tx, HERE, "code", "eve", NOW, by)) for by in (1, -1, -9, 1)]
        assert counts == [5, 4, 0, 1]


FORMS = {"workspace_id": BOTH, "status": "pending", "access": "direct", "reference": str, "anonymous": False}


@pytest.mark.parametrize(
    ("said", "is_shown"),
    [
        ({}, True),
        ({"internal": True}, False),
        ({"archived_at": NOW}, False),
        ({"expired_at": NOW}, False),
        ({"active_from": NOW + SECOND}, False),
        ({"active_until": NOW}, False),
        ({"active_until": NOW + SECOND}, True),
        ({"status": "draft"}, False),
        ({"status": "declined"}, False),
        ({"status": "completed"}, False),
        ({"email_folded": "bo@example.org"}, False),
    ],
    ids=str,
)
def test_what_is_asked_of_a_person(grid_of: Any, said: Any, is_shown: bool) -> None:
    eve = person.Person(HERE, "email", "eve@example.org")
    of = FORMS | {"email": "eve@example.org", "email_folded": "eve@example.org", "active_from": NOW}
    with grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}"), grid_of("forms", **of | said) as grid:
        found = grid.found(lambda tx: people.forms_of(tx, eve, NOW, NOW))
        assert [each.form.id for each in found] == ([grid.rows[0]["id"]] if is_shown else [])
