"""The order of commits lives on: through restores into other servers, databases that are set back, and thirty days."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dossier.migrations import is_set_back, migrate
from dossier.webhooks.actions import feed
from tests.many import left_to_ci
from tests.webhooks.receivers import Sender
from tests.webhooks.test_events import told
from tests.world import Api, World, errors, working_world

pytestmark = pytest.mark.long

_OF_A_SERVER_WITH_MORE_BEHIND_IT = """
UPDATE case_events SET position = position + 1000000000;
UPDATE case_tombstones SET position = position + 1000000000;
INSERT INTO webhook_progress (one, position, case_id, version) VALUES (true, 3000000000, gen_random_uuid(), 1)
"""


@pytest.fixture
def moved(fresh_database_url: str) -> Iterator[World]:
    with working_world(fresh_database_url) as world:
        yield world


def behind(world: World, api: Api, after: str = "0") -> str:
    """The cursor behind what was kept by now: others in the same PostgreSQL may hold that up, and where nobody else is, a mark would
    stand where the last event does."""
    Sender(world).settled()
    return str(api.json("GET", "/v1/events", params={"after": after})["next"])


def titled(api: Api, case: dict[str, Any], title: str) -> None:
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": title})


@left_to_ci("dumps a database and restores it into another")
def test_a_dump_that_is_restored_elsewhere_goes_on(moved: World, fresh_database_url: str) -> None:
    """[18] Transactions are numbered anew there; what happens then is behind what happened before, and old cursors hold."""
    with psycopg.connect(fresh_database_url, autocommit=True) as owner:
        api = moved.client(moved.token(moved.workspace()))
        case = api.json("POST", "/v1/cases", json={"title": "A"})
        titled(api, case, "B")
        owner.execute(_OF_A_SERVER_WITH_MORE_BEHIND_IT)
        assert is_set_back(owner)
        migrate(fresh_database_url, lambda _: None)
        assert not is_set_back(owner)
        assert owner.execute("SELECT commits_settled() > 3000000000").fetchone() == (True,), (
            "behind what was given out too"
        )
        before = told(api, 2)
        cursor = api.json("GET", "/v1/events", params={"after": "0", "page[size]": "1"})["next"]
        titled(api, case, "C")
        assert told(api, 3)[:2] == before
        assert [each["data"]["changes"]["title"]["new"] for each in told(api, 2, cursor)] == ["B", "C"]
        migrate(fresh_database_url, lambda _: None)
        titled(api, case, "D")
        assert [each["data"]["case"]["version"] for each in told(api, 4)] == [1, 2, 3, 4]


def test_a_cursor_of_what_was_lost_is_gone(moved: World, fresh_database_url: str) -> None:
    """[18] After the database was set back to a backup its place may be taken by something else, which would be skipped."""
    with psycopg.connect(fresh_database_url, autocommit=True) as owner:
        api = moved.client(moved.token(moved.workspace()))
        case = api.json("POST", "/v1/cases", json={"title": "A"})
        kept = behind(moved, api)
        titled(api, case, "B")
        lost = behind(moved, api, kept)
        owner.execute("DELETE FROM case_events WHERE version = 2")
        owner.execute("UPDATE cases SET version = 1")
        titled(api, case, "Another B")
        answer = api.get("/v1/events", params={"after": lost})
        assert (answer.status_code, errors(answer)) == (410, {"after": "cursor_gone"})
        assert [each["data"]["changes"]["title"]["new"] for each in told(api, 1, kept)] == ["Another B"]


def test_a_cursor_of_an_erased_case_holds(moved: World) -> None:
    api = moved.client(moved.token(moved.workspace()))
    case = api.json("POST", "/v1/cases", json={"title": "A"})
    cursor = behind(moved, api)
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    (erased,) = told(api, 1, cursor)
    assert erased["type"] == "case.erased"


def test_who_finds_nothing_comes_back(moved: World) -> None:
    """[18] The cursor of an answer without anything, asked for from the oldest, was thirty days old at once."""
    api = moved.client(moved.token(moved.workspace()))
    cursor = api.json("GET", "/v1/events", params={"after": "0"})["next"]
    moved.clock.forward(days=29)
    case = api.json("POST", "/v1/cases", json={"title": "A"})
    assert [each["data"]["case"]["id"] for each in told(api, 1, cursor)] == [case["id"]]


def test_thirty_days(moved: World) -> None:
    """[18] What is older is not told, a cursor of before is refused, and one that heard nothing meanwhile holds."""
    api = moved.client(moved.token(moved.workspace()))
    api.json("POST", "/v1/cases", json={"title": "A"})
    old = behind(moved, api)
    moved.do(feed.mark)
    quiet = api.json("GET", "/v1/events", params={"after": old})["next"]
    assert quiet != old
    moved.clock.forward(days=31)
    api.json("POST", "/v1/cases", json={"title": "B"})
    assert [each["type"] for each in told(api, 1)] == ["case.created"]
    assert len(told(api, 1, quiet)) == 1
    answer = api.get("/v1/events", params={"after": old})
    assert (answer.status_code, errors(answer)) == (410, {"after": "cursor_gone"})
    moved.do(feed.mark)
    moved.clock.forward(days=31)
    moved.do(feed.mark)
    assert told(api, 0) == []
    assert timedelta(days=30) == feed.KEPT
