"""Whose notices each statement is about: rows beside them stay as they are."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.notices import store
from dossier.notices.model import About, Recipient, Task
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

ADA, BO, CASE, OTHER, MAIL = (new_id() for _ in range(5))
OF_MEMBER = {"workspace_id": [HERE, THERE], "member_id": [ADA, BO]}
SECOND = timedelta(seconds=1)
CASES = {"reference": None, "parent_status": "draft", "waiting_for": "none"}


@pytest.fixture
def notices(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url, "notices", kind="assigned")


def test_what_somebody_had_not_seen_is_seen(notices: Any) -> None:
    with notices(**OF_MEMBER, seen_at=[None, NOW], case_id=CASE, mailing="soon") as grid:
        unseen = grid.where(workspace_id=HERE, member_id=ADA, seen_at=None)
        assert grid.found(lambda tx: store.unseen(tx, HERE, ADA, 9)) == 1
        assert grid.touched(lambda tx: store.see(tx, HERE, ADA)) == unseen
        assert grid.found(lambda tx: store.unseen(tx, HERE, ADA, 9)) == 0
        assert [row["mailing"] for row in grid.kept if row["id"] == unseen[0]["id"]] == [None]


def test_one_notice_is_seen_by_whose_it_is(notices: Any) -> None:
    with notices(**OF_MEMBER, case_id=[CASE, OTHER]) as grid:
        one, other = grid.rows[0], grid.where(member_id=BO)[0]
        assert grid.touched(lambda tx: store.see(tx, HERE, ADA, other["id"])) == []
        assert grid.touched(lambda tx: store.see(tx, HERE, ADA, one["id"])) == [one]
        assert grid.found(lambda tx: store.see(tx, HERE, ADA, one["id"])) == [About(CASE)]


def test_unseen_notices_are_counted_so_far(notices: Any) -> None:
    with notices(workspace_id=HERE, member_id=ADA, case_id=[CASE] * 4) as grid:
        assert [grid.found(lambda tx, most=most: store.unseen(tx, HERE, ADA, most)) for most in (3, 4, 5)] == [3, 4, 4]


def test_what_is_due_on_a_case_is_put_anew(world: World, database_url: str) -> None:
    with Grid(
        world, database_url, "notice_dues", workspace_id=[HERE, THERE], case_id=[CASE, OTHER], step=["a", "b"]
    ) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE)
        assert grid.touched(lambda tx: store.put_tasks(tx, HERE, CASE, [], [])) == gone


def test_what_is_still_due_on_a_case_stays(world: World, database_url: str) -> None:
    of = {"workspace_id": [HERE, THERE], "case_id": [CASE, OTHER], "member_id": ADA, "due_at": NOW}
    with Grid(world, database_url, "notice_dues", **of, step=["a", "b"]) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE, step="b")
        still = [Task("a", "A", ADA, NOW)]
        assert grid.touched(lambda tx: store.put_tasks(tx, HERE, CASE, still, [])) == gone
    with Grid(world, database_url, "notice_dues", workspace_id=HERE, case_id=CASE, step=["a"], member_id=BO) as grid:
        assert grid.touched(lambda tx: store.put_tasks(tx, HERE, CASE, still, [])) == grid.rows


def test_what_is_due_is_taken_in_time_and_the_first_first(world: World, database_url: str) -> None:
    of = {"workspace_id": [HERE, THERE], "case_id": [CASE, OTHER]}
    with Grid(world, database_url, "notice_dues", **of, step=["a"], due_at=NOW) as grid:
        assert grid.touched(lambda tx: store.take_dues(tx, HERE, NOW - SECOND, 9)) == []
        assert grid.touched(lambda tx: store.take_dues(tx, HERE, NOW, 9)) == grid.where(workspace_id=HERE)
    with Grid(world, database_url, "notice_dues", workspace_id=HERE, case_id=CASE, step=["c", "a"], due_at=NOW) as grid:
        assert len(grid.touched(lambda tx: store.take_dues(tx, HERE, NOW, 1))) == 1


def test_mails_that_tell_of_a_case_are_taken(world: World, database_url: str) -> None:
    of = {"workspace_id": [HERE, THERE], "case_id": [CASE, OTHER], "message_id": [MAIL, ADA]}
    with Grid(world, database_url, "notice_mails", **of) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE)
        assert grid.touched(lambda tx: store.take_mails(tx, HERE, CASE)) == gone
    with Grid(world, database_url, "notice_mails", **of) as grid:
        assert set(grid.found(lambda tx: store.take_mails(tx, HERE, CASE))) == {MAIL, ADA}


def test_mails_to_members_that_name_somebody_are_found(world: World, database_url: str) -> None:
    of = {"workspace_id": [HERE, THERE], "member_id": [ADA, None], "body": ["of eve", "of bo", "eve"]}
    usual = {"actor_type": "system", "channel": "email", "direction": "out", "status": "sent"}
    with Grid(world, database_url, "messages", **of, **usual) as grid:
        meant = [row["id"] for row in grid.where(workspace_id=HERE, member_id=ADA) if "eve" in row["body"]]
        assert set(grid.found(lambda tx: store.take_mails_saying(tx, HERE, ["eve", "ann"]))) == set(meant)


def test_what_came_of_messages_of_a_case_is_told_no_more(notices: Any) -> None:
    with notices(
        workspace_id=[HERE, THERE], case_id=[CASE, OTHER], kind=["answered", "bounced", "failed", "told", "due"]
    ) as grid:
        gone = [row for row in grid.where(workspace_id=HERE, case_id=CASE) if row["kind"] != "due"]
        assert grid.touched(lambda tx: store.forget_of_messages(tx, HERE, [CASE])) == gone


def test_who_is_erased_is_named_no_more(notices: Any) -> None:
    with notices(
        workspace_id=[HERE, THERE], actor_id=[ADA, BO, None], actor_name=["Ada", "Bo"], what=["by eve", "x"]
    ) as grid:
        gone = grid.where(
            lambda row: row["what"] == "by eve" or row["actor_id"] == ADA or (row["actor_id"], row["actor_name"]) == (None, "Ada"),
            workspace_id=HERE,
        )  # fmt: skip
        assert grid.touched(lambda tx: store.forget_names(tx, HERE, ADA, ["Ada", "eve"])) == gone
        assert {row["actor_name"] for row in grid.kept if row and row["workspace_id"] == HERE} == {"–", "Bo", "Ada"}


def test_old_notices_are_forgotten(notices: Any) -> None:
    with notices(**OF_MEMBER, at=[NOW, NOW - SECOND]) as grid:
        assert grid.touched(lambda tx: store.forget(tx, NOW), SERVER) == grid.where(at=NOW - SECOND)


def test_a_choice_is_of_one_member_and_kind(world: World, database_url: str) -> None:
    kind = next(iter(store.KINDS))
    with Grid(world, database_url, "notice_choices", **OF_MEMBER, kind=[kind, "x"], way="off") as grid:
        assert grid.found(lambda tx: store.choices(tx, HERE, ADA))[kind] == "off"
        meant = grid.where(workspace_id=HERE, member_id=ADA, kind=kind)
        assert grid.touched(lambda tx: store.choose(tx, HERE, ADA, {kind: "mail"})) == meant


@pytest.mark.parametrize("mailing", ["soon", "daily"])
def test_what_waits_to_be_mailed_is_taken(notices: Any, mailing: Any) -> None:
    to = Recipient(HERE, ADA, "ada@example.org", "en", "Here", "UTC")
    with notices(**OF_MEMBER, mailing=["soon", "daily", None]) as grid:
        meant = grid.where(workspace_id=HERE, member_id=ADA, mailing=mailing)
        assert grid.touched(lambda tx: store.take(tx, to, mailing)) == meant


def test_notices_are_paged_by_member_the_newest_first(notices: Any) -> None:
    with notices(**OF_MEMBER, kind="assigned", what='{"id": "x"}', case_id=[None] * 3) as grid:
        mine = sorted((row["id"] for row in grid.where(workspace_id=HERE, member_id=ADA)), reverse=True)
        pages = [(None, 9, mine), (None, 2, mine[:2]), (mine[0], 9, mine[1:]), (mine[2], 9, [])]
        for before, most, expected in pages:
            found = grid.found(lambda tx, before=before, most=most: store.page(tx, HERE, ADA, before, most))
            assert [each.id for each in found] == expected


def test_who_has_a_case_is_said(world: World, database_url: str) -> None:
    with Grid(world, database_url, "cases", workspace_id=[HERE, THERE], owner_id=[ADA, None], **CASES) as grid:
        found = [grid.found(lambda tx, row=row: store.owner_of(tx, HERE, row["id"])) for row in grid.rows]
        assert found == [ADA, None, None, None]
