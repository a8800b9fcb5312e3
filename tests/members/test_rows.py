"""Whose accounts, sessions and places each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.members.store import people, second_factor
from dossier.members.store import sign_in as store
from dossier.tokens import store as tokens
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

ADA, BO = new_id(), new_id()
BOTH, EACH = [HERE, THERE], [ADA, BO]
SECOND = timedelta(seconds=1)


def secret(number: int) -> bytes:
    return b"secret" + bytes([number])


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.fixture
def sessions(grid_of: Any) -> Any:
    return partial(grid_of, "sessions", hash=secret, expires_at=NOW)


@pytest.fixture
def members(grid_of: Any) -> Any:
    def mail(number: int) -> str:
        return f"rows{number}@example.org"

    return partial(grid_of, "members", id=[ADA, BO], email=mail, email_folded=mail, email_identity=mail)


@pytest.fixture
def rooms(grid_of: Any) -> Any:
    with grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}") as grid:
        yield grid


@pytest.fixture
def places(grid_of: Any) -> Any:
    return partial(grid_of, "memberships", workspace_id=BOTH, member_id=EACH, role="handler")


def test_a_password_is_of_one_member(members: Any, grid_of: Any) -> None:
    with members(), grid_of("member_passwords", member_id=EACH) as grid:
        assert grid.touched(lambda tx: store.keep_password(tx, ADA, "new"), SERVER) == grid.where(member_id=ADA)
        known = grid.found(lambda tx: store.password_hash(tx, "Rows0@example.org"), SERVER)
        assert (known.id, known.hash) == (ADA, "new")
        assert grid.found(lambda tx: store.password_hash(tx, "rows9@example.org"), SERVER) is None


@pytest.mark.parametrize(("most", "is_let"), [(3, True), (2, False)])
def test_attempts_are_counted_since_a_time(grid_of: Any, world: World, most: int, is_let: bool) -> None:
    now = world.clock()
    key, other = new_id().bytes, new_id().bytes
    with grid_of("sign_in_failures", key=[key, other], at=[now, now - SECOND, now - 2 * SECOND]) as grid:
        since = now - 2 * SECOND
        assert grid.found(lambda tx: store.take_attempt(tx, {key: most, secret(9): 1}, since), SERVER) == is_let
        grid.found(lambda tx: store.give_back(tx, [secret(9)]), SERVER)


def test_an_attempt_that_was_right_is_given_back(grid_of: Any) -> None:
    key, other = new_id().bytes, new_id().bytes
    with grid_of("sign_in_failures", key=[key, other], at=[NOW, NOW - SECOND]) as grid:
        gone = grid.where(key=key, at=NOW)
        assert grid.touched(lambda tx: store.give_back(tx, [key]), SERVER) == gone, "the newest"


@pytest.mark.parametrize("workspace", [HERE, None])
def test_a_new_link_ends_the_one_before(grid_of: Any, members: Any, rooms: Any, workspace: Any) -> None:
    with members(), grid_of("sign_in_links", member_id=EACH, workspace_id=[*BOTH, None], hash=secret) as grid:
        gone = grid.where(member_id=ADA, workspace_id=workspace)
        new = new_id().bytes
        assert grid.touched(lambda tx: store.insert_link(tx, new, ADA, workspace, NOW), SERVER) == gone
        assert grid.found(lambda tx: store.take_link(tx, new), SERVER) is None, "it is over"


@pytest.mark.parametrize("after", [timedelta(0), SECOND])
def test_a_link_holds_until_its_time(grid_of: Any, world: World, after: timedelta) -> None:
    with grid_of("sign_in_links", member_id=EACH, hash=secret, expires_at=world.clock() + after) as grid:
        one = grid.rows[0]
        assert grid.touched(lambda tx: store.take_link(tx, one["hash"]), SERVER) == [one]
        other = grid.rows[1]["hash"]
        assert grid.found(lambda tx: store.take_link(tx, other), SERVER) == (BO if after else None)


def test_a_link_of_a_workspace_ends_when_its_member_works_elsewhere(places: Any, grid_of: Any, world: World) -> None:
    later = world.clock() + SECOND
    for where, accepted, holds in ((THERE, NOW, False), (THERE, None, True), (HERE, NOW, True)):
        with (
            places(workspace_id=where, member_id=ADA, accepted_at=accepted) as grid,
            grid_of("sign_in_links", workspace_id=HERE, member_id=ADA, hash=secret, expires_at=later),
        ):
            works = grid.found(lambda tx: store.works_elsewhere(tx, ADA, HERE), SERVER)
            assert works == (not holds)
            assert grid.found(lambda tx: store.take_link(tx, secret(0)), SERVER) == (ADA if holds else None)


def test_what_a_link_is_for(members: Any, places: Any, grid_of: Any, world: World) -> None:
    now = world.clock()
    for workspace, expires, is_found in ((HERE, now + SECOND, True), (HERE, now, False), (None, now + SECOND, True), (THERE, now + SECOND, False)):  # fmt: skip
        with (
            members(proved_at=None),
            places(workspace_id=HERE, accepted_at=NOW),
            grid_of("sign_in_links", member_id=EACH, workspace_id=workspace, hash=secret, expires_at=expires) as grid,
        ):
            found = grid.found(lambda tx: store.link_of(tx, secret(1)), SERVER)
            assert bool(found) == is_found
            if found:
                assert (found.member_id, found.workspace_id) == (BO, workspace)
                assert (found.proved, found.accepted) == (False, workspace == HERE)


def test_the_first_workspace_is_the_oldest_that_was_accepted(places: Any) -> None:
    with places(accepted_at=NOW, created_at=lambda number: NOW - number * SECOND) as grid:
        assert grid.found(lambda tx: store.first_workspace(tx, ADA), SERVER) == THERE
    with places(accepted_at=None) as grid:
        assert grid.found(lambda tx: store.first_workspace(tx, ADA), SERVER) is None


def test_one_account_is_proved(members: Any) -> None:
    with members() as grid:
        assert not grid.found(lambda tx: store.is_proved(tx, ADA), SERVER)
        assert grid.touched(lambda tx: store.prove(tx, ADA), SERVER) == grid.where(id=ADA)
        assert [grid.found(lambda tx, each=each: store.is_proved(tx, each), SERVER) for each in EACH] == [True, False]


def test_a_place_is_taken_up_once(places: Any) -> None:
    with places(given_name="Ada") as grid:
        one = grid.where(workspace_id=HERE, member_id=ADA)
        assert grid.touched(lambda tx: store.accept(tx, ADA, HERE), SERVER) == one
        assert grid.found(lambda tx: store.accept(tx, ADA, HERE), SERVER) is None
        assert grid.found(lambda tx: store.accept(tx, BO, HERE), SERVER).given_name == "Ada"


@pytest.mark.parametrize("table", ["member_passwords", "member_second_factors", "member_recovery_codes", "member_identities", "sessions", "sign_in_links"])  # fmt: skip
def test_what_opens_an_account_ends(grid_of: Any, table: str) -> None:
    keys = {"member_identities": {"subject": str}, "member_passwords": {}, "member_second_factors": {}}
    with grid_of(table, member_id=EACH, **keys.get(table, {"hash": secret})) as grid:
        assert grid.touched(lambda tx: store.end_what_opens(tx, ADA), SERVER) == grid.where(member_id=ADA)


def test_an_account_begins_anew_with_one_place(members: Any, places: Any) -> None:
    with members(given_name="Ada") as grid, places(accepted_at=NOW) as held:
        gone = held.where(workspace_id=THERE, member_id=ADA)
        assert held.touched(lambda tx: store.begin_anew(tx, ADA, HERE), SERVER) == gone
        assert [row["given_name"] for row in grid.touched(lambda tx: store.begin_anew(tx, ADA, HERE), SERVER)] == [
            "Ada"
        ]


@pytest.mark.parametrize(
    "work",
    [
        store.note_seen,
        store.note_confirmed,
        store.end_session,
        lambda tx, key: store.end_one(tx, ADA, key.hex()),
    ],
)
def test_one_session_is_meant(sessions: Any, work: Any) -> None:
    with sessions(member_id=EACH, workspace_id=BOTH) as grid:
        one = grid.rows[0]
        assert grid.touched(lambda tx: work(tx, one["hash"]), SERVER) == [one]


def test_nobody_ends_a_session_of_somebody_else(sessions: Any) -> None:
    with sessions(member_id=EACH) as grid:
        assert not grid.found(lambda tx: store.end_one(tx, BO, secret(0).hex()), SERVER)
        assert grid.found(lambda tx: store.end_one(tx, ADA, secret(0).hex()), SERVER)


@pytest.mark.parametrize("but", [secret(1), None])
def test_the_other_sessions_of_a_member_end(sessions: Any, but: Any) -> None:
    with sessions(member_id=EACH, workspace_id=BOTH, by_link=True) as grid:
        gone = grid.where(member_id=ADA)
        if but:
            assert grid.touched(lambda tx: store.end_others(tx, ADA, but), SERVER) == gone[:1]
        left = gone[1:] if but else gone
        assert grid.touched(lambda tx: store.end_sessions(tx, ADA, but), SERVER) == left
        kept = [row["by_link"] for row in grid.kept if row]
        assert kept == ([False, True, True] if but else [True, True])


def test_open_sessions_of_a_member_the_last_seen_first(sessions: Any) -> None:
    def seen(number: int) -> Any:
        return NOW + number * SECOND

    with sessions(
        member_id=EACH, half=[True, False], expires_at=[NOW, NOW + SECOND, NOW + SECOND], seen_at=seen
    ) as grid:
        found = grid.found(lambda tx: store.sessions(tx, ADA, NOW), SERVER)
        meant = grid.where(member_id=ADA, half=False, expires_at=NOW + SECOND)
        assert [each.id for each in found] == [row["hash"].hex() for row in reversed(meant)]


def test_a_session_goes_where_its_member_works(sessions: Any, places: Any, rooms: Any) -> None:
    for accepted in (NOW, None):
        with sessions(member_id=EACH, workspace_id=THERE) as grid, places(workspace_id=BOTH, accepted_at=accepted):
            one = grid.where(member_id=ADA) if accepted else []
            assert grid.touched(lambda tx: store.move_session(tx, secret(0), HERE), SERVER) == one
    with sessions(member_id=EACH, workspace_id=THERE) as grid, places(member_id=BO, accepted_at=NOW):
        assert not grid.found(lambda tx: store.move_session(tx, secret(0), HERE), SERVER)
        assert grid.found(lambda tx: store.move_session(tx, secret(1), HERE), SERVER)


def test_a_session_is_under_one_secret(sessions: Any) -> None:
    with sessions(member_id=EACH) as grid:
        assert grid.touched(lambda tx: store.renew_session(tx, secret(0), secret(99)), SERVER) == grid.rows[:1]
        assert grid.found(lambda tx: store.end_one(tx, ADA, secret(99).hex()), SERVER)


def test_what_ended_is_forgotten(sessions: Any, grid_of: Any, world: World) -> None:
    now = world.clock()
    times = [now - SECOND, now, now + SECOND]
    with (
        sessions(expires_at=times) as open_sessions,
        grid_of("sign_in_links", hash=secret, expires_at=times) as links,
        grid_of("sign_in_failures", key=new_id().bytes, at=times) as failures,
    ):
        forgotten = [
            grid.touched(lambda tx: store.forget(tx, now), SERVER) for grid in (open_sessions, links, failures)
        ]
        assert forgotten == [open_sessions.rows[:2], links.rows[:2], failures.rows[:1]]


# ---- who works where ----


def test_one_member_is_given_the_studio(places: Any) -> None:
    with places() as grid:
        one = grid.where(workspace_id=HERE, member_id=ADA)
        assert grid.touched(lambda tx: people.set_studio(tx, HERE, ADA, studio=True)) == one
        assert not grid.found(lambda tx: people.set_studio(tx, HERE, new_id(), studio=True))


def test_one_role_is_changed(places: Any) -> None:
    with places() as grid:
        one = grid.where(workspace_id=HERE, member_id=ADA)
        assert grid.touched(lambda tx: people.change_role(tx, ADA, HERE, "limited")) == one


def test_the_roles_of_a_workspace(places: Any) -> None:
    with places(role="limited", accepted_at=NOW) as grid:
        assert grid.found(lambda tx: people.lock_roles(tx, HERE)) == dict.fromkeys(EACH, "limited")
    with places(accepted_at=None) as grid:
        assert grid.found(lambda tx: people.lock_roles(tx, HERE)) == dict.fromkeys(EACH, "invited")


@pytest.mark.parametrize("table", ["memberships", "sessions", "sign_in_links"])
def test_who_leaves_a_workspace_leaves_that_one(grid_of: Any, table: str) -> None:
    more = {"role": "handler"} if table == "memberships" else {"hash": secret}
    with grid_of(table, workspace_id=BOTH, member_id=EACH, **more) as grid:
        gone = grid.where(workspace_id=HERE, member_id=ADA)
        assert grid.touched(lambda tx: people.leave(tx, ADA, HERE)) == gone


def test_the_tokens_that_a_member_made_end(grid_of: Any) -> None:
    """Revoked where they reach nothing else; a token of somebody else stays."""
    one, wide, other, old = (new_id() for _ in range(4))
    tokens = {
        "id": [one, wide, other, old],
        "hash": lambda _: new_id().bytes,
        "created_by": lambda number: [ADA, ADA, BO, ADA][number],
        "revoked_at": lambda number: [None, None, None, NOW][number],
    }
    reaches = {
        "token_id": [one, wide, wide, other, old],
        "workspace_id": lambda number: [HERE, HERE, THERE, HERE, HERE][number],
    }
    with grid_of("tokens", **tokens) as grid, grid_of("token_workspaces", **reaches) as reached:
        assert grid.touched(lambda tx: people.end_tokens(tx, ADA, HERE), SERVER) == grid.rows[:1]
        assert reached.touched(lambda tx: people.end_tokens(tx, ADA, HERE), SERVER) == reached.rows[1:2]


def test_one_profile_is_set(members: Any) -> None:
    with members() as grid:
        assert grid.touched(lambda tx: people.set_profile(tx, ADA, "A", "B", "fr"), SERVER) == grid.where(id=ADA)
        assert grid.touched(lambda tx: people.make_nameless(tx, BO), SERVER) == grid.where(id=BO)


@pytest.mark.parametrize(("given", "family"), [(None, None), ("Ada", None), (None, "Byron")])
def test_who_has_a_name_keeps_it(members: Any, given: Any, family: Any) -> None:
    with members(given_name=given, family_name=family) as grid:
        named = grid.where(id=ADA) if given is family is None else []
        assert grid.touched(lambda tx: people.name_if_nameless(tx, ADA, "X", "Y"), SERVER) == named


def test_a_member_is_found_by_the_address(members: Any, places: Any) -> None:
    with members() as grid:
        for accepted in (NOW, None):
            with places(workspace_id=HERE, member_id=ADA, accepted_at=accepted):
                found = grid.found(lambda tx: people.find_in_workspace(tx, HERE, "ROWS0@example.org"))
                assert (found and found.id) == (ADA if accepted else None)
        with places(workspace_id=THERE, accepted_at=NOW):
            assert grid.found(lambda tx: people.find_in_workspace(tx, HERE, "rows0@example.org")) is None
        assert grid.found(lambda tx: people.by_email(tx, "rows1@Example.org"), SERVER).id == BO
        assert grid.found(lambda tx: people.folded_alike(tx, "Rows1@example.org"), SERVER)
        assert not grid.found(lambda tx: people.folded_alike(tx, "rows2@example.org"), SERVER)
        assert grid.found(lambda tx: people.name_of(tx, BO), SERVER) == "rows1@example.org"


# ---- second factors ----


def test_a_second_factor_is_of_one_member(grid_of: Any) -> None:
    with grid_of("member_second_factors", member_id=EACH, last_step=5) as grid:
        one = grid.where(member_id=ADA)
        for work in (
            lambda tx: second_factor.replace_secret(tx, ADA, b"new"),
            lambda tx: second_factor.begin(tx, ADA, b"newer"),
            lambda tx: second_factor.take_step(tx, ADA, 6),
        ):
            assert grid.touched(work, SERVER) == one
        assert grid.touched(lambda tx: second_factor.begin(tx, ADA, b"other"), SERVER) == [], "it counts already"
        taken = [grid.found(lambda tx, s=step: second_factor.take_step(tx, ADA, s), SERVER) for step in (5, 6, 7)]
        assert taken == [False, False, True]
        assert grid.touched(lambda tx: second_factor.remove(tx, ADA), SERVER) == one


def test_recovery_codes_are_of_one_member(grid_of: Any) -> None:
    with (
        grid_of("member_second_factors", member_id=EACH),
        grid_of("member_recovery_codes", member_id=[ADA, ADA, BO], hash=secret) as grid,
    ):
        assert grid.found(lambda tx: second_factor.get(tx, ADA), SERVER).recovery_codes == 2
        assert not grid.found(lambda tx: second_factor.take_recovery_code(tx, ADA, secret(2)), SERVER)
        assert grid.touched(lambda tx: second_factor.take_recovery_code(tx, ADA, secret(0)), SERVER) == grid.rows[:1]
        assert grid.touched(lambda tx: second_factor.keep_recovery_codes(tx, ADA, []), SERVER) == grid.rows[1:2]


def test_half_a_session_becomes_a_whole_one(sessions: Any) -> None:
    with sessions(member_id=EACH, half=[True, False]) as grid:
        halves = [bool(grid.found(lambda tx, n=n: second_factor.half_session(tx, secret(n)), SERVER)) for n in range(4)]
        assert halves == [True, False, True, False]
        assert not grid.found(lambda tx: second_factor.promote_session(tx, secret(1), secret(98), NOW), SERVER)
        assert (
            grid.touched(lambda tx: second_factor.promote_session(tx, secret(0), secret(99), NOW), SERVER)
            == grid.rows[:1]
        )
        grid.found(lambda tx: store.end_session(tx, secret(99)), SERVER)


# ---- tokens ----


def test_one_token_is_meant(grid_of: Any, world: World) -> None:
    now = world.clock()
    with grid_of("tokens", id=EACH, hash=lambda _: new_id().bytes, last_used_at=None) as grid:
        one = grid.where(id=ADA)
        assert grid.touched(lambda tx: tokens.touch(tx, ADA), SERVER) == one
        assert grid.touched(lambda tx: tokens.touch(tx, ADA), SERVER) == [], "it was noted within the minute"
        assert grid.touched(lambda tx: tokens.update(tx, ADA, "N", None, []), SERVER) == one
        assert grid.touched(lambda tx: tokens.revoke(tx, ADA), SERVER) == one
        assert not grid.found(lambda tx: tokens.revoke(tx, ADA), SERVER)
        assert grid.kept[0]["last_used_at"] >= now


@pytest.mark.parametrize(("ago", "is_noted"), [(59, False), (60, True)])
def test_that_a_token_is_used_is_noted_every_minute(grid_of: Any, world: World, ago: int, is_noted: bool) -> None:
    with (
        world.clock.held() as now,
        grid_of("tokens", id=ADA, hash=new_id().bytes, last_used_at=now - ago * SECOND) as grid,
    ):
        assert bool(grid.touched(lambda tx: tokens.touch(tx, ADA), SERVER)) == is_noted


def test_which_workspaces_a_token_reaches(grid_of: Any, world: World) -> None:
    with world.clock.held() as now:
        for said, is_good in (
            ({}, True),
            ({"revoked_at": NOW}, False),
            ({"expires_at": now}, False),
            ({"expires_at": now + SECOND}, True),
        ):
            with (
                grid_of("tokens", id=EACH, hash=lambda _: new_id().bytes, **said),
                grid_of("token_workspaces", token_id=EACH, workspace_id=lambda number: BOTH[number]) as grid,
            ):
                held = [grid.found(lambda tx, e=each: tokens.holds(tx, HERE, e)) for each in (ADA, BO, None)]
                assert held == [is_good, False, False]
                reached = grid.found(lambda tx: tokens.covered(tx, BO), SERVER)
                assert reached == ([] if "revoked_at" in said else [THERE])
                listed = grid.found(lambda tx: tokens.list_in_workspace(tx, HERE))
                assert [(each.id, each.covers) for each in listed] == [(ADA, [HERE])]


def test_a_token_reaches_what_it_is_told_to(grid_of: Any) -> None:
    with (
        grid_of("tokens", id=EACH, hash=lambda _: new_id().bytes),
        grid_of("token_workspaces", token_id=EACH, workspace_id=BOTH) as grid,
    ):
        gone = grid.where(token_id=ADA, workspace_id=THERE)
        assert grid.touched(lambda tx: tokens.update(tx, ADA, "N", None, [HERE]), SERVER) == gone
