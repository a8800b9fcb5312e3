"""Events for those who ask: what is told of a version, in which order, to whom, and that none is ever skipped."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dossier.cases import actions as cases
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions import feed
from dossier.webhooks.model.events import TYPES, Version, events_of
from dossier.workspaces.model import Workspace
from tests.world import Api, World, errors

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]


def told(api: Api, expected: int, after: str = "0", **params: Any) -> list[dict[str, Any]]:
    """Everything behind a cursor, page after page; so many are waited for, as others write in the same PostgreSQL."""
    found: list[dict[str, Any]] = []
    until = time.monotonic() + 180
    while True:
        page = api.json("GET", "/v1/events", params={"after": after, "page[size]": "100"} | params)
        found += page["data"]
        if not page["data"] and len(found) >= expected:
            return found
        assert page["data"] or time.monotonic() < until, f"{len(found)} of {expected} are told: who holds the order up?"
        after = page["next"]


def types(events: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in events]


@pytest.fixture
def case(api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    document = {"schema": FIELDS, "steps": [{"key": "call", "title": "Call", "type": "task"}]}
    template = make_template(**document)
    made: dict[str, Any] = make_case(template={"id": template["id"]}, schema=[{"key": "amount", "value": 1}])
    return made


def test_a_case_is_told_from_its_beginning_to_its_end(world: World, workspace: Workspace, api: Api, case: Any) -> None:
    """[18] One event a version and type; each says what changed, and how the case was then."""
    member = world.member(workspace, f"e-{workspace.slug}@example.org")
    path = f"/v1/cases/{case['id']}"
    api.json("POST", path + "/data", json={"data": {"amount": 2}})
    api.json("PATCH", path, json={"status": "in_progress", "title": "New", "owner": {"email": member.email}})
    api.json("POST", path + "/start/call")
    api.json("PATCH", path, json={"waiting_for": "owner"})
    api.json("POST", path, json={"archived": True})
    api.json("POST", path, json={"archived": False})
    events = told(api, 10)
    assert types(events) == [
        "case.created",
        "case.data_changed",  # with what it was made with
        "case.data_changed",
        "case.status_changed",
        "case.owner_changed",
        "case.details_changed",
        "step.changed",
        "case.waiting_for_changed",
        "case.archived",
        "case.unarchived",
    ]
    assert [each["data"]["case"]["version"] for each in events] == [1, 2, 3, 4, 4, 4, 5, 6, 7, 8]
    assert [each["data"]["case"]["status"] for each in events] == ["draft"] * 3 + ["in_progress"] * 7
    changed = events[2]
    assert changed["data"]["changes"] == {"data.amount": {"old": 1, "new": 2}}
    assert changed["data"]["workspace"] == {"id": str(workspace.id), "slug": workspace.slug}
    assert changed["data"]["actor"]["name"] == "Test"
    assert changed["data"]["case"]["template"] == case["template"]
    assert told(api, 10) == events, "ids and all else are always the same"
    assert told(api, 3, types="case.data_changed,step.*") == [events[1], events[2], events[6]]
    assert told(api, 10, types="*") == events
    assert told(api, 10, **{"page[size]": "1"}) == events


def test_an_erased_case_is_told_without_anything_of_it(api: Api, case: Any) -> None:
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    (erased,) = told(api, 1)
    assert (erased["type"], erased["data"]["changes"]) == ("case.erased", {})
    nothing = {"reference": None, "template": None, "status": None, "version": None}
    assert erased["data"]["case"] == {"id": case["id"]} | nothing
    assert told(api, 1, **{"case[id]": case["id"]}) == [erased]


def test_contacts_and_files_come_and_go(api: Api, make_case: Any) -> None:
    case = make_case()["id"]
    api.json("POST", f"/v1/cases/{case}/contacts", json={"contacts": [{"email": "a@example.org"}]})
    file = api.json("POST", "/v1/attachments", 201, json={"name": "a.txt", "data": "QUJD", "case": case})["id"]
    api.json("PATCH", f"/v1/attachments/{file}", json={"case": None})
    assert types(told(api, 4))[1:] == ["case.contacts_changed", "file.added", "file.removed"]


def test_what_became_of_a_message_is_told() -> None:
    """[18] Histories of cases have it, and nothing of what it says."""
    change = {
        "messages.1": {"old": {"channel": "email", "status": "pending"}, "new": {"channel": "email", "status": "sent"}}
    }
    version = Version(1, {}, {}, new_id(), 2, new_id(), datetime.now(UTC), "message_sent", {}, change)
    assert [each.type for each in events_of(version)] == ["message.changed"]


def test_only_one_case(api: Api, make_case: Any) -> None:
    one, _other = make_case(), make_case()
    assert [each["data"]["case"]["id"] for each in told(api, 1, **{"case[id]": one["id"]})] == [one["id"]]


def test_what_is_too_large_is_left_out(api: Api, case: Any) -> None:
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "é" * 90_000, "amount": 3}})
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "x" * 90_000}})
    _, _, small, large = told(api, 4)
    assert (small["data"]["truncated"], large["data"]["truncated"]) == (False, True)
    assert large["data"]["changes"] == {}


def test_from_now_on(api: Api, case: Any) -> None:
    """Without `after` nothing of before is told; what comes later is."""
    told(api, 2)
    page = api.json("GET", "/v1/events")
    assert page["data"] == []
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 5}})
    assert types(told(api, 1, page["next"])) == ["case.data_changed"]


def test_what_does_not_fit_is_refused_by_name(api: Api) -> None:
    for params, where, code in (
        ({"types": "case.changed"}, "types", "unknown_event"),
        ({"types": ""}, "types", "unknown_event"),
        ({"after": "garbage"}, "after", "invalid_parameter"),
        ({"after": "AAAA" * 100}, "after", "invalid_parameter"),
        ({"after": "MDAwMDAwMDAgLTEgMA"}, "after", "invalid_parameter"),
        ({"case[id]": "1"}, "case[id]", "invalid_uuid"),
        ({"page[size]": "0"}, "page[size]", "invalid_parameter"),
        ({"page[size]": "101"}, "page[size]", "invalid_parameter"),
        ({"wait": "31"}, "wait", "invalid_parameter"),
        ({"page[number]": "2"}, "page[number]", "unknown_parameter"),
    ):
        answer = api.get("/v1/events", params=params)
        assert (answer.status_code, errors(answer)) == (400, {where: code}), params
    stream = {"Accept": "text/event-stream", "Last-Event-ID": "x"}
    assert errors(api.get("/v1/events", headers=stream)) == {"Last-Event-ID": "invalid_parameter"}


def test_nobody_else_is_told(world: World, api: Api, case: Any) -> None:
    foreign = world.client(world.token(world.workspace()))
    assert told(foreign, 0) == []
    assert told(foreign, 0, **{"case[id]": case["id"]}) == []
    told(api, 2)
    theirs = foreign.get("/v1/events", params={"after": api.json("GET", "/v1/events")["next"]})
    assert (theirs.status_code, errors(theirs)) == (410, {"after": "cursor_gone"})


def test_who_is_limited_to_some_cases_is_told_of_these(world: World, workspace: Workspace, api: Api) -> None:
    """Everything else is as if it did not exist; of what was erased nobody knows whose it was."""
    member = world.member(workspace, f"l-{workspace.slug}@example.org", "limited")
    own = api.json("POST", "/v1/cases", json={"title": "Mine", "owner": {"email": member.email}})
    other = api.json("POST", "/v1/cases", json={"title": "Theirs"})
    gone = api.json("POST", "/v1/cases", json={"title": "Gone"})
    api.json("DELETE", f"/v1/cases/{gone['id']}", 204)

    async def read() -> Any:
        async with world.database.reading(Scope((workspace.id,), owner=member.id)) as reading:
            return await feed.tell(reading, world.clock, feed.Asked("0", size=100))

    assert len(told(api, 3)) == 3
    seen = world.server.run(read())
    assert [each.case["id"] for _, each in seen.events] == [own["id"]]
    assert other["id"] in {each["data"]["case"]["id"] for each in told(api, 3)}


class Writer:
    """A transaction of somebody else that writes a version of a case and is not kept yet."""

    def __init__(self, database_url: str, case: dict[str, Any], workspace: Workspace) -> None:
        self.connection = psycopg.connect(database_url)
        self.connection.execute(
            "INSERT INTO case_events (workspace_id, case_id, version, id, at, kind, actor_type, via, changes)"
            " SELECT workspace_id, case_id, version + 100, gen_random_uuid(), at, 'data', 'system', 'api',"
            """ '{"data.amount": {"old": 1, "new": 9}}' FROM case_events WHERE workspace_id = %s AND case_id = %s LIMIT 1""",
            (workspace.id, case["id"]),
        )

    def commit(self) -> None:
        self.connection.commit()
        self.connection.close()

    def roll_back(self) -> None:
        self.connection.rollback()
        self.connection.close()


def test_who_commits_late_is_not_skipped(database_url: str, workspace: Workspace, api: Api, make_case: Any) -> None:
    """[18] What was begun earlier and kept later is told first, and what was kept meanwhile waits for it."""
    one, other = make_case(), make_case()
    told(api, 2)
    before = api.json("GET", "/v1/events")["next"]
    late = Writer(database_url, one, workspace)
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "Kept first"})
    page = api.json("GET", "/v1/events", params={"after": before})
    assert page["data"] == [], "something older may still come"
    late.commit()
    events = told(api, 2, page["next"])
    assert [each["data"]["case"]["id"] for each in events] == [one["id"], other["id"]]


def test_from_now_on_what_was_kept_a_moment_before_is_not_told(
    database_url: str, workspace: Workspace, api: Api, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[18] It was told when something was under way that had begun before it: nobody could place it yet."""
    monkeypatch.setattr(
        feed, "SETTLES", 120.0
    )  # others write in the same PostgreSQL, and may take longer than it is waited for
    one, other = make_case(), make_case()
    told(api, 2)
    late = Writer(database_url, one, workspace)
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "Kept before"})
    ends = threading.Timer(0.5, late.commit)
    ends.start()
    page = api.json("GET", "/v1/events")
    ends.join()
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "Kept after"})
    titles = [each["data"]["changes"].get("title") for each in told(api, 1, page["next"])]
    assert [each["new"] for each in titles if each] == ["Kept after"]
    assert page["data"] == []


def test_who_asks_from_now_on_is_answered_whatever_is_under_way(
    database_url: str, workspace: Workspace, api: Api, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SETTLES", 0.2)
    late = Writer(database_url, make_case(), workspace)
    assert api.json("GET", "/v1/events")["data"] == []
    late.roll_back()


def test_versions_of_a_case_come_in_their_order_whoever_began_first(
    world: World, workspace: Workspace, api: Api, make_case: Any
) -> None:
    """[18] Who began first and then waited for the case writes the later version: it was told before the one it followed."""
    case = make_case()
    actor = system(scope=Scope((workspace.id,)))

    async def late() -> None:
        async with world.database.transaction(actor) as transaction:
            await transaction.one("SELECT pg_current_xact_id()::text AS number")
            async with world.database.transaction(actor) as other:
                await cases.patch(other, UUID(case["id"]), {"title": "B"})
            await cases.patch(transaction, UUID(case["id"]), {"title": "C", "waiting_for": "owner"})
            await cases.patch(transaction, UUID(case["id"]), {"title": "D"})

    world.server.run(late())
    events = told(api, 5, **{"case[id]": case["id"]})
    assert [each["data"]["case"]["version"] for each in events] == [1, 2, 3, 3, 4]


def test_who_rolls_back_holds_nothing_up(database_url: str, workspace: Workspace, api: Api, make_case: Any) -> None:
    one, other = make_case(), make_case()
    told(api, 2)
    before = api.json("GET", "/v1/events")["next"]
    late = Writer(database_url, one, workspace)
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "Kept first"})
    page = api.json("GET", "/v1/events", params={"after": before})
    late.roll_back()
    assert [each["data"]["case"]["id"] for each in told(api, 1, page["next"])] == [other["id"]]


def test_what_is_older_than_the_order_is_told_first(
    world: World, database_url: str, workspace: Workspace, api: Api, make_case: Any
) -> None:
    """[18] Histories of before the migration, whose rows know no position, in the order of their times."""
    one, other = make_case(), make_case()
    for _ in range(3):
        api.json("PATCH", f"/v1/cases/{one['id']}", json={"title": str(new_id())})
        api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": str(new_id())})
    before = told(api, 8)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE case_events SET position = NULL WHERE workspace_id = %s", (workspace.id,))
    api.json("PATCH", f"/v1/cases/{one['id']}", json={"title": "After it"})
    for size in ("100", "1", "3"):
        events = told(api, 9, **{"page[size]": size})
        assert sorted(each["id"] for each in events[:-1]) == sorted(each["id"] for each in before)
        assert events[-1]["data"]["changes"]["title"]["new"] == "After it"
        times = [each["timestamp"] for each in events]
        assert times == sorted(times)


def test_every_type_is_in_the_order_of_the_contract() -> None:
    assert TYPES[0] == "case.created"
    assert len(set(TYPES)) == len(TYPES) == 15
    assert timedelta(days=30) == feed.KEPT
