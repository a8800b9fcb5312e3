"""Rules of time and of messages: at their time by the workspace's clock, once for each day, once a stretch, by an index."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dossier.automations.model import moment_of
from dossier.case_templates.model import parse
from dossier.foundation.outgoing import Outgoing
from dossier.foundation.testing.outgoing import FakeMail
from dossier.foundation.working_time import WorkingTime
from dossier.workspaces.model import Workspace
from tests.automations.conftest import FIELDS, rule, traces, update
from tests.messages import mails
from tests.messages.support import Post
from tests.messages.test_incoming import came, sent
from tests.world import Api, World, errors, values

Later = Callable[..., None]


def near(at: str = "09:00", **more: Any) -> Any:
    document = {
        "title": "T",
        "schema": FIELDS,
        "automations": [rule("r", {"date": "data.expiry", "at": at, **more}, {"waiting_for": "owner"})],
    }
    return parse(document).automations[0].trigger


@pytest.mark.parametrize(
    ("when", "day", "utc"),
    [
        ({"before": "P14D"}, "2026-03-20", "2026-03-06T08:00"),  # winter time in Brussels
        ({"before": "P1D"}, "2026-03-30", "2026-03-29T07:00"),  # the day when summer time begins
        ({"after": "P1M"}, "2026-01-31", "2026-02-28T08:00"),
        ({"at": "02:30"}, "2026-03-29", "2026-03-29T01:30"),  # a time that there is not: an hour later
        ({"at": "02:30"}, "2026-10-25", "2026-10-25T00:30"),  # one that there is twice: the first
        ({"before": "PT2H"}, "2026-07-01", "2026-07-01T05:00"),
        ({}, "2026-07-01", "2026-07-01T07:00"),
        ({"after": "P3D", "working": True}, "2026-07-02", "2026-07-07T07:00"),  # from a Thursday over a weekend
        ({"before": "P1D", "working": True}, "2026-07-06", "2026-07-03T07:00"),
    ],
)
def test_a_day_is_one_of_the_workspaces_clock(when: Any, day: str, utc: str) -> None:
    assert moment_of(near(**when), day, WorkingTime("Europe/Brussels")) == datetime.fromisoformat(utc).replace(
        tzinfo=UTC
    )


def test_a_day_that_no_calendar_has_is_never() -> None:
    assert moment_of(near(before="P9Y"), "0002-01-01", WorkingTime("UTC")) is None


def day(world: World, days: int) -> str:
    return (world.clock().astimezone(ZoneInfo("UTC")).date() + timedelta(days=days)).isoformat()


EXPIRY = rule(
    "expiry", {"date": "data.expiry", "before": "P2D", "at": "00:00"}, {"set": {"data.level": {"from": "data.expiry"}}}
)


def level(api: Api, case: dict[str, Any]) -> Any:
    return values(api.json("GET", f"/v1/cases/{case['id']}")).get("level")


def test_it_fires_when_its_time_comes_and_once_for_each_day(world: World, api: Api, case_of: Any, later: Later) -> None:
    case, wanted = case_of(EXPIRY), day(world, 4)
    update(api, case, expiry=wanted)
    later(days=1)
    assert level(api, case) is None
    assert traces(api, case)["expiry"]["due_at"] is not None
    later(days=1, minutes=5)
    assert level(api, case) == wanted
    trace = traces(api, case)["expiry"]
    assert (trace["outcome"], trace["due_at"]) == ("done", None)
    update(api, case, level="again", expiry=day(world, 30))
    update(api, case, expiry=wanted)
    later(minutes=1)
    assert level(api, case) == "again"


def test_a_day_that_is_set_late_counts_at_once_but_not_after_a_day(
    world: World, api: Api, case_of: Any, later: Later
) -> None:
    case = case_of(EXPIRY)
    update(api, case, expiry=day(world, 0))
    later(minutes=1)
    assert level(api, case) is None
    late = day(world, 2)
    update(api, case, expiry=late)
    later(minutes=1)
    assert level(api, case) == late


def test_a_condition_that_does_not_hold_at_the_time_is_said(world: World, api: Api, case_of: Any, later: Later) -> None:
    case = case_of(EXPIRY | {"if": {"data.amount": {"$gt": 5}}})
    update(api, case, expiry=day(world, 2), amount=1)
    later(minutes=1)
    trace = traces(api, case)["expiry"]
    assert (level(api, case), trace["outcome"], trace["last_fired_at"]) == (None, "condition_not_met", None)


def test_an_archived_case_is_left_alone_until_it_is_taken_out(
    world: World, api: Api, case_of: Any, later: Later
) -> None:
    case = case_of(EXPIRY)
    wanted = day(world, 3)
    update(api, case, expiry=wanted)
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    later(days=1, minutes=1)
    assert level(api, case) is None
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": False})
    later(minutes=1)
    assert level(api, case) == wanted


def test_idle_by_working_time_waits_over_a_weekend(world: World, api: Api, case_of: Any, later: Later) -> None:
    """[18] “working” beside a duration counts the days of the workspace's working time, in rules as in steps."""
    days = (3 - world.clock().weekday()) % 7  # a Thursday
    world.clock.shift += timedelta(days=days)
    case = case_of(rule("idle", {"idle": "P2D", "working": True}, {"set": {"data.level": "idle"}}))
    later(days=3)
    assert level(api, case) is None, "it is Sunday"
    later(days=2)
    assert level(api, case) == "idle"


@pytest.mark.parametrize("when", [{"created": True, "working": True}, {"date": "data.expiry", "working": True}])
def test_working_time_belongs_to_a_duration(api: Api, make_template: Any, when: Any) -> None:
    document = {"title": "T", "schema": FIELDS, "automations": [rule("x", when, {"waiting_for": "owner"})]}
    refused = api.post("/v1/case_templates", json=document)
    assert errors(refused) == {"/automations/0/when": "invalid_trigger"}


def test_idle_fires_once_a_stretch(api: Api, case_of: Any, later: Later) -> None:
    idle = rule("idle", {"idle": "P7D"}, {"set": {"data.level": "idle"}}, {"waiting_for": "owner"})
    case = case_of(idle)
    later(days=5)
    update(api, case, note="busy")
    later(days=5)
    assert level(api, case) is None
    later(days=2, minutes=1)
    assert level(api, case) == "idle"
    version = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    later(days=8)
    assert api.get(f"/v1/cases/{case['id']}").headers["etag"] == version
    update(api, case, level="busy")
    later(days=7, minutes=1)
    assert level(api, case) == "idle"


def test_who_answers_has_done_something(
    world: World, workspace: Workspace, api: Api, case_of: Any, later: Later
) -> None:
    """[18] An e-mail of the person ended no time in which nothing happened; one that a rule sends still ends none."""
    case = case_of(rule("idle", {"idle": "P7D"}, {"set": {"data.level": "idle"}}))
    post = Post(world, workspace, api, Outgoing(FakeMail(), domain="in.dossier.example"))
    later(days=5)
    message = sent(post, case)
    later(days=2, minutes=1)
    assert level(api, case) == "idle", "what was sent is nothing that they did"
    update(api, case, level="busy")
    later(days=5)
    assert came(post, mails.REPLY, message) == "received"
    later(days=5)
    assert level(api, case) == "busy"
    later(days=2, minutes=1)
    assert level(api, case) == "idle"


def test_what_is_due_is_found_by_an_index(world: World, database_url: str) -> None:
    import psycopg

    with psycopg.connect(database_url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT case_id FROM automation_times WHERE workspace_id = gen_random_uuid() AND due_at IS NOT NULL"
            " AND due_at <= now() ORDER BY due_at LIMIT 100"
        ).fetchall()
    assert "automation_times_due" in str(plan)
