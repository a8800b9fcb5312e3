"""A request has an end, whatever it waits for; what reads is asked again where a connection was dead, what writes is not."""

import gc
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from dossier.foundation import database
from dossier.foundation.http.deadline import Deadline
from dossier.foundation.services import Services
from dossier.foundation.testing import postgres
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.many import left_to_ci
from tests.world import Api, World, working_world

pytestmark = pytest.mark.long

SECONDS = 1.5


@pytest.fixture
def hasty(fresh_database_url: str) -> Iterator[World]:
    """A server on which a request may take little more than a second."""
    one = database_on(postgres.serving(fresh_database_url), 10, clock=(clock := MovableClock()))
    services = Services(one, works_on_jobs=False, request_seconds=SECONDS)
    with serving(create(services)) as server:
        yield World(server, services, clock)


@pytest.fixture
def client(hasty: World) -> Iterator[Api]:
    with hasty.client(hasty.token(hasty.workspace())) as one:
        yield one


def test_what_waits_is_given_up_and_undone(hasty: World, client: Api) -> None:
    """[R10] 503 in time; nothing of it is kept, and its connection serves again."""
    case = client.json("POST", "/v1/cases", json={"title": "As it was"})
    with psycopg.connect(hasty.database.conninfo) as other:
        other.execute("SELECT 1 FROM cases WHERE id = %s FOR UPDATE", [case["id"]])
        began = time.monotonic()
        late = client.patch(f"/v1/cases/{case['id']}", json={"title": "Too late"})
        assert time.monotonic() - began < 10 * SECONDS, "the lock is held for ever"
        assert (late.status_code, late.json()["errors"][0]["code"]) == (503, "deadline")
        assert (late.headers["connection"], "x-request-id" in late.headers) == ("close", True)
    assert client.json("GET", f"/v1/cases/{case['id']}")["title"] == "As it was"
    assert client.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "In time"})["title"] == "In time"


@left_to_ci(
    "waits for longer than a request may take", "foundation/test_deadline.py::test_what_waits_is_given_up_and_undone"
)
def test_a_stream_goes_on_for_longer(hasty: World) -> None:
    """Its answer has begun."""
    member = hasty.member(hasty.workspace(), "live@example.org", "administrator")
    with hasty.browser(member).stream("GET", "/workspace/cases/live") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry")
        time.sleep(2 * SECONDS)  # longer than the limit: this is what is tried
        assert not answer.is_closed


def test_a_request_that_is_over_is_let_go(client: Api) -> None:
    """By itself: whatever is left to the garbage collector makes it hold up every request, each so often."""
    case = client.json("POST", "/v1/cases", json={"title": "Read often"})
    gc.collect()
    gc.disable()
    try:
        before = _deadlines()
        for _ in range(20):
            assert client.get(f"/v1/cases/{case['id']}").status_code == 200
            assert client.post(f"/v1/cases/{case['id']}/data", json={"data": {}}).status_code == 200
        assert _deadlines() - before < 5, "requests are kept by a circle"
    finally:
        gc.enable()


def _deadlines() -> int:
    """Of requests that are in memory."""
    return sum(isinstance(each, Deadline) for each in gc.get_objects())


@left_to_ci(
    "waits for longer than a request may take", "foundation/test_deadline.py::test_what_waits_is_given_up_and_undone"
)
def test_a_body_has_its_own_time(hasty: World, client: Api) -> None:
    """What arrives slowly counts anew with each part; the body's own deadline ends it."""
    body = b'{"title": "Slowly"}'
    head = (
        f"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {client.headers['authorization']}\r\n\r\n"
    )
    parts = urlsplit(hasty.server.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(head.encode())
        for byte in (body[:6], body[6:12], body[12:]):
            time.sleep(SECONDS * 0.6)  # in all longer than the limit: this is what is tried
            connection.sendall(byte)
        assert connection.recv(12) == b"HTTP/1.1 200"


@left_to_ci(
    "ends all connections again and again, and waits for new ones",
    "foundation/test_deadline.py::test_writes_are_not_asked_again",
)
def test_reads_are_asked_again_where_a_connection_was_dead(
    fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[R18] After the database's connections have ended, nobody who reads notices, in the API and in the app."""
    monkeypatch.setattr(database, "IDLE", 60.0)  # as if they had been used a moment ago
    with working_world(fresh_database_url) as world:
        workspace = world.workspace()
        browser = world.browser(world.member(workspace, "again@example.org", "administrator"))
        browser.headers["Authorization"] = f"Bearer {world.token(workspace)}"
        read_while_connections_end(fresh_database_url, browser)


def read_while_connections_end(url: str, client: httpx.Client) -> None:
    paths = ["/v1/cases", "/v1/cases/count", "/workspace/cases"] * 4
    end = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with ThreadPoolExecutor(6) as pool, psycopg.connect(url, autocommit=True) as other:
        for _ in range(2):
            assert {each.status_code for each in pool.map(client.get, paths)} == {200}
            other.execute(end)
            assert {each.status_code for each in pool.map(client.get, paths)} == {200}


def test_writes_are_not_asked_again(hasty: World, client: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """[R18] Whether one was kept is not known when its connection ends: the client decides."""
    tries = 0

    async def lost(*_: object, **__: object) -> None:
        nonlocal tries
        tries += 1
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(hasty.database, "write", lost)
    assert client.post("/v1/cases", json={"title": "Once"}).status_code == 503
    assert tries == 1
