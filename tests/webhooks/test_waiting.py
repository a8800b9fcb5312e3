"""Waiting for events: woken when something happens, with no connection to the database held, as long as the token holds."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from dossier.foundation.identifiers import new_id
from dossier.foundation.pubsub import MAX_OPEN
from dossier.tokens import actions as tokens
from dossier.webhooks.routes import events as routes
from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.many import left_to_ci
from tests.webhooks.test_events import told, types
from tests.world import Api, Client, World

pytestmark = pytest.mark.long
STREAM = {"Accept": "text/event-stream"}


class Waiter:
    """Somebody who waits for an answer in a thread."""

    def __init__(self, api: Api, **params: Any) -> None:
        self.answer: httpx.Response | None = None
        self._thread = threading.Thread(target=self._ask, args=(api, params))
        self._thread.start()

    def _ask(self, api: Api, params: dict[str, Any]) -> None:
        self.answer = api.get("/v1/events", params=params)

    def ended(self) -> httpx.Response:
        self._thread.join(60)
        assert self.answer is not None
        return self.answer


class Stream:
    """Somebody who listens, in a thread."""

    def __init__(self, api: Api, headers: dict[str, str] | None = None, **params: Any) -> None:
        self.events: list[dict[str, str]] = []
        self.comments = 0
        self.status = 0
        self.last = ""  # what a browser would come back with
        self._thread = threading.Thread(target=self._listen, args=(api, headers or {}, params), daemon=True)
        self._thread.start()
        until(lambda: self.status)

    def _listen(self, api: Api, headers: dict[str, str], params: dict[str, Any]) -> None:
        url, given = str(api.base_url), {"Authorization": api.headers["authorization"]} | STREAM | headers
        with Client(base_url=url, headers=given) as client, client.stream("GET", "/v1/events", params=params) as answer:
            self.status, event = answer.status_code, {}
            try:
                for line in answer.iter_lines():
                    if line.startswith(":"):
                        self.comments += 1
                    elif line and not line.startswith("retry"):
                        name, _, value = line.partition(": ")
                        event[name] = value
                        self.last = value if name == "id" else self.last
                    elif "data" in event:
                        self.events.append(event)
                        event = {}
            except httpx.HTTPError:
                pass

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()


@pytest.fixture(autouse=True)
def nobody_listens_afterwards(world: World) -> Iterator[None]:
    """Whoever still listens would be told of what other tests do, which count what is read."""
    yield
    there = world.services.process.feed.subscriptions

    async def end() -> None:
        for each in list(there):
            each.ended = True
            each.wake(())

    world.server.run(end())
    until(lambda: not there)


def waiting(world: World, workspace: Workspace) -> int:
    """How many wait on the server for what happens there."""
    there = list(world.services.process.feed.subscriptions)  # at once: the server goes on meanwhile
    return len([each for each in there if workspace.id in each.workspaces])


@contextmanager
def nothing_lent(world: World) -> Iterator[None]:
    """Every connection to the database is there when the block ends, once whoever was answered has given theirs back."""
    yield
    pools = (*world.database._readers.values(), world.database._writers)
    until(lambda: all(each["pool_available"] == each["pool_size"] for each in (pool.get_stats() for pool in pools)))


def test_who_waits_is_answered_when_something_happens(
    world: World, workspace: Workspace, api: Api, make_case: Any
) -> None:
    """[18] At once, not when the time is over; and holds no connection meanwhile."""
    case = make_case()
    told(api, 1)
    now = api.json("GET", "/v1/events")["next"]
    waiter = Waiter(api, after=now, wait=30)
    until(lambda: waiting(world, workspace))
    time.sleep(0.1)
    with nothing_lent(world):
        pass
    began = time.monotonic()
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "New"})
    assert types(waiter.ended().json()["data"]) == ["case.details_changed"]
    assert time.monotonic() - began < 20
    until(lambda: not waiting(world, workspace))


def test_who_waits_for_other_things_waits_on(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    one, other = make_case(), make_case()
    told(api, 2)
    now = api.json("GET", "/v1/events")["next"]
    by_case = Waiter(api, after=now, wait=30, **{"case[id]": one["id"]})
    by_type = Waiter(api, after=now, wait=30, types="case.archived")
    until(lambda: waiting(world, workspace) == 2)
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "New"})
    api.json("POST", f"/v1/cases/{one['id']}", json={"archived": True})
    assert types(by_case.ended().json()["data"]) == types(by_type.ended().json()["data"]) == ["case.archived"]


def test_nothing_happens(api: Api) -> None:
    page = api.json("GET", "/v1/events", params={"wait": "1"})
    assert page["data"] == []
    assert api.json("GET", "/v1/events", params={"after": page["next"]})["data"] == []


def test_a_stream_tells_what_is_there_and_what_comes(api: Api, make_case: Any) -> None:
    """[18] The id of each is the cursor behind it: whoever comes back is told the rest, once."""
    case = make_case()
    told(api, 1)
    stream = Stream(api, after="0")
    until(lambda: len(stream.events) == 1)
    for title in ("A", "B", "C"):
        api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": title})
    until(lambda: len(stream.events) == 4)
    assert [each["event"] for each in stream.events] == ["case.created"] + ["case.details_changed"] * 3
    assert [json.loads(each["data"]) for each in stream.events] == told(api, 4)
    again = Stream(api, {"Last-Event-ID": stream.events[1]["id"]}, after="0")
    until(lambda: len(again.events) == 2)
    assert again.events == stream.events[2:]


def test_who_loses_a_stream_before_anything_came_misses_nothing(api: Api, make_case: Any) -> None:
    """[18] From now on, and nothing yet: it had no id, so that what happened until it was back was never told."""
    stream = Stream(api)
    until(lambda: stream.last)
    seen, case = stream.last, make_case()
    back = Stream(api, {"Last-Event-ID": seen})
    until(lambda: back.events)
    assert [json.loads(each["data"])["data"]["case"]["id"] for each in back.events] == [case["id"]]


def test_a_quiet_stream_says_that_it_is_there(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PING_AFTER", 0.2)
    stream = Stream(api)
    until(lambda: stream.comments > 1)
    assert stream.events == []
    head = api.head("/v1/events", headers=STREAM)
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_a_token_that_is_revoked_hears_nothing_more(
    world: World, workspace: Workspace, api: Api, make_case: Any
) -> None:
    """[18] Neither on a stream nor after waiting."""
    made = make_case()
    token, text = world.do(lambda tx: tokens.create(tx, "Leaving", [covered(workspace)]))
    with world.client(text) as leaving:
        told(api, 1)
        now = leaving.json("GET", "/v1/events")["next"]
        stream, waiter = Stream(leaving, after=now), Waiter(leaving, after=now, wait=30)
        until(lambda: waiting(world, workspace) == 2)
        world.do(lambda tx: tokens.revoke(tx, token.id))
        api.json("PATCH", f"/v1/cases/{made['id']}", json={"title": "Not for you"})
        assert waiter.ended().status_code == 401
        until(lambda: stream.ended)
        assert stream.events == []


def covered(workspace: Workspace) -> Any:
    from dossier.tokens.model import CoveredWorkspace

    return CoveredWorkspace(workspace.id, workspace.slug)


def test_a_token_holds_so_many_and_no_more(world: World, workspace: Workspace, api: Api) -> None:
    """[18] One more ends the oldest, as a client does that comes back before its old connection is known to be dead."""
    first = Stream(api)
    until(lambda: waiting(world, workspace) == 1)
    others = [Stream(api) for _ in range(MAX_OPEN)]
    until(lambda: first.ended)
    assert waiting(world, workspace) == MAX_OPEN
    assert not any(each.ended for each in others)


@left_to_ci("opens a thousand connections at once")
def test_a_thousand_who_wait_hold_nobody_up(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    """[18] Fifty tokens, twenty connections each: others are answered meanwhile, and all of them when something happens."""
    make_case()
    told(api, 1)
    texts = [world.token(workspace) for _ in range(50)]
    now = api.json("GET", "/v1/events")["next"]
    path = f"/v1/events?after={now}&wait=30"
    connections = []
    for text in texts:
        for _ in range(MAX_OPEN):
            connection = http.client.HTTPConnection("127.0.0.1", api.base_url.port, timeout=60)
            connection.request("GET", path, headers={"Authorization": f"Bearer {text}"})
            connections.append(connection)
    until(lambda: waiting(world, workspace) == len(connections))
    began = time.monotonic()
    for _ in range(10):
        api.json("GET", "/v1/cases")
    assert time.monotonic() - began < 5
    api.json("POST", "/v1/cases", json={"title": "Something"})
    answers = [connection.getresponse() for connection in connections]
    assert {answer.status for answer in answers} == {200}
    assert {len(json.loads(answer.read())["data"]) for answer in answers} == {1}


def test_who_does_not_read_holds_nobody_up(world: World, workspace: Workspace, api: Api, make_template: Any) -> None:
    """[18] A stream that is opened and left: what it was to be told is not heaped up, and no connection to the database waits for it."""
    field = {"key": "note", "type": "text", "name": "Note"}
    template = make_template(schema=[field])["id"]
    case = api.json("POST", "/v1/cases", json={"title": "A", "template": {"id": template}})["id"]
    for number in range(40):
        api.json("POST", f"/v1/cases/{case}/data", json={"data": {"note": f"{number}" + "x" * 90_000}})
    told(api, 41)
    with socket.create_connection(("127.0.0.1", api.base_url.port)) as lazy:
        token = api.headers["authorization"]
        head = (
            f"GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nAccept: text/event-stream\r\n\r\n"
        )
        lazy.sendall(head.encode())
        until(lambda: waiting(world, workspace))
        for _ in range(5):
            api.json("POST", f"/v1/cases/{case}/data", json={"data": {"note": str(new_id())}})
        with nothing_lent(world):
            api.json("GET", f"/v1/cases/{case}")
    until(lambda: not waiting(world, workspace))
