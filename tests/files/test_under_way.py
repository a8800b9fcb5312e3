"""Uploads that stand still, stop, lie about their length, or find no room; and what others notice of them."""

import errno
import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest

from dossier.foundation.identifiers import new_id
from dossier.foundation.services import Pace
from dossier.foundation.storage import InThreads
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from dossier.workspaces.model import Workspace
from tests.files.support import content, in_a_folder, kept, limited, sent, taken_elsewhere
from tests.many import left_to_ci
from tests.storage.conftest import on_s3
from tests.storage.seaweed import Seaweed, running
from tests.world import Api, World, errors

pytestmark = pytest.mark.long

FORM = "multipart/form-data; boundary=b"
BEGUN = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'


@contextmanager
def begun(url: str, token: str, length: int, body: bytes = BEGUN) -> Iterator[socket.socket]:
    """An upload of which only the beginning was sent."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as line:
        head = f"POST /v1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(head.encode() + body)
        yield line


def status(line: socket.socket) -> int:
    return int(line.recv(65536).split(b" ", 2)[1])


def unfinished(world: World) -> list[Path]:
    """Files in the making, without those that may go on for a day, which other tests leave."""
    there = world.services.storage.storage.unfinished.iterdir()
    return [each for each in there if not each.name.startswith((".", "upload-"))]


def until(holds: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_sixty_that_stand_still_hold_nobody_up(world: World, workspace: Workspace, api: Api) -> None:
    tokens = [f"Bearer {world.token(workspace)}" for _ in range(3)]
    with ExitStack() as stack:
        for token in tokens:
            for _ in range(20):
                stack.enter_context(begun(world.server.url, token, 10_000_000, BEGUN + b"x" * 1000))
        until(lambda: len(world.services.storage.arriving.held) == 60)
        with begun(world.server.url, tokens[0], 1000) as one_more:
            assert status(one_more) == 429
        began = time.monotonic()
        for number in range(10):
            made = kept(api, b"%d" % number)
            assert content(api, made["id"]).content == b"%d" % number
            assert api.post("/v1/cases", json={"title": "A case"}).status_code == 200
            assert api.get("/v1/cases").status_code == 200
        assert time.monotonic() - began < 10
    until(lambda: not world.services.storage.arriving.held)
    until(lambda: not unfinished(world))


@left_to_ci(
    "waits three times for what stands still or creeps",
    "wire/test_file_refusals.py::test_a_refusal_of_the_contract_is_met",
)
def test_what_stands_still_or_creeps_is_given_up(world: World, database_url: str, workspace: Workspace) -> None:
    pace = Pace(silent=1, window=1.5, least=1000)
    with limited(world, database_url, workspace, pace=pace) as api:
        token = api.headers["authorization"]
        with begun(str(api.base_url), token, 100_000) as still:
            assert status(still) == 408
        with begun(str(api.base_url), token, 100_000) as creeping:
            while not select.select([creeping], [], [], 0.25)[0]:
                creeping.sendall(b"x")
            assert status(creeping) == 408
        with begun(str(api.base_url), token, 100_000) as slow:  # and yet fast enough
            for _ in range(12):
                slow.sendall(b"x" * 800)
                time.sleep(0.25)
            slow.settimeout(0.2)
            with pytest.raises(TimeoutError):
                status(slow)
        assert api.json("GET", "/v1/files/count") == {"count": 0}
    until(lambda: not unfinished(world))


def test_an_upload_that_stops_leaves_nothing(world: World, api: Api) -> None:
    token = api.headers["authorization"]
    with begun(world.server.url, token, 10_000_000, BEGUN + b"x" * 3_000_000):
        until(lambda: unfinished(world))
    until(lambda: not unfinished(world))
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_lengths_that_lie(world: World, api: Api) -> None:
    token, end = api.headers["authorization"], b"\r\n--b--\r\n"
    with begun(world.server.url, token, 100 * 10**9) as vast:
        assert status(vast) == 413
    with begun(world.server.url, token, len(BEGUN) + 3, BEGUN + b"0123456789" + end) as short:
        assert status(short) == 400
    assert api.json("GET", "/v1/files/count") == {"count": 0}


@in_a_folder
def test_a_full_disk_keeps_nothing(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    real, folder = os.link, Path(world.services.storage.storage.place)

    def full(*given: Any, **named: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", full)
    refused = sent(api)
    assert (refused.status_code, errors(refused)) == (507, {"": "storage_full"})
    monkeypatch.setattr(os, "link", real)
    write = os.pwritev
    large = 300_000
    monkeypatch.setattr(
        os, "pwritev", lambda to, some, at: full() if sum(map(len, some)) > large else write(to, some, at)
    )
    assert sent(api, b"x" * 900_000).status_code == 507
    monkeypatch.undo()
    assert folder.exists()
    assert unfinished(world) == []
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    kept(api)


@pytest.fixture
def s3() -> Iterator[Seaweed]:
    with running() as server:
        yield server


@left_to_ci(
    "starts a real S3 server, and waits until it is given up",
    "storage/test_storage.py::test_what_is_put_is_read_again_whole_and_in_part",
)
def test_files_on_s3(world: World, database_url: str, workspace: Workspace, s3: Seaweed, tmp_path: Path) -> None:
    """The whole way on a real S3 server; away for a moment it is waited for, away for long it is said."""
    from dossier.foundation.services import Services
    from dossier.foundation.testing import postgres

    storage = InThreads(lambda: on_s3(s3, tmp_path))
    services = Services(database_on(postgres.serving(database_url)), storage=storage, works_on_jobs=False)
    data = os.urandom(9_000_000)
    with serving(create(services)) as server, world.client(world.token(workspace)) as api:
        api.base_url = server.url
        made = kept(api, data, "large.bin")
        assert content(api, made["id"]).content == data
        assert content(api, made["id"], Range="bytes=8999990-").content == data[-10:]
        small = kept(api, b"small")
        assert api.json("GET", f"/v1/attachments/{small['id']}")["data"] == "c21hbGw="
        assert api.delete(f"/v1/attachments/{small['id']}").status_code == 204
        assert sorted(each.size for each in storage.storage.list()) == [5, 9_000_000]
        s3.process.kill()
        s3.process.wait(10)
        for refused in (sent(api, b"more"), content(api, made["id"])):
            assert (refused.status_code, errors(refused)) == (503, {"": "storage_away"})
            assert refused.headers["retry-after"]


# ---- a key that is running ----


@left_to_ci(
    "waits for longer than a key is held",
    "files/test_under_way.py::test_the_key_of_a_killed_request_is_free_after_its_time",
)
def test_a_key_that_is_running_is_refused_before_its_body_is_read(
    world: World, database_url: str, workspace: Workspace
) -> None:
    """For as long as the first one comes, however long that is; and not longer."""
    with limited(world, database_url, workspace, key_seconds=0.4) as api:
        url, token = str(api.base_url), api.headers["authorization"]
        keyed = f"{token}\r\nIdempotency-Key: long"
        with begun(url, keyed, 10_000_000):
            until(lambda: world.services.storage.arriving.held)
            for _ in range(3):
                with begun(url, keyed, 10_000_000, b"") as second:
                    answer = second.recv(65536)
                    assert answer.split(b" ", 2)[1] == b"409"
                    assert b'"in_progress"' in answer
                time.sleep(0.3)
            kept(api, headers={"Idempotency-Key": "another"})
        until(lambda: not world.services.storage.arriving.held)
        until(lambda: sent(api, headers={"Idempotency-Key": "long"}).status_code == 201)
        assert sent(api, headers={"Idempotency-Key": "long"}).headers["idempotency-replayed"] == "true"


def test_the_key_of_a_killed_request_is_free_after_its_time(
    world: World, database_url: str, workspace: Workspace, api: Api
) -> None:
    made = kept(api)
    with psycopg.connect(database_url) as owner:
        (who,) = owner.execute("SELECT actor_id FROM files WHERE id = %s", (made["id"],)).fetchone() or ()
        until_when = world.clock() + timedelta(seconds=50)
        owner.execute("INSERT INTO idempotency_leases VALUES (%s, 'killed', %s, %s)", (who, new_id(), until_when))
    assert errors(sent(api, headers={"Idempotency-Key": "killed"})) == {"": "in_progress"}
    world.clock.forward(seconds=51)
    assert sent(api, headers={"Idempotency-Key": "killed"}).status_code == 201
    with psycopg.connect(database_url) as owner:
        assert owner.execute("SELECT count(*) FROM idempotency_leases WHERE actor_id = %s", (who,)).fetchone() == (0,)


def test_twenty_at_once_count_over_processes(world: World, database_url: str, workspace: Workspace) -> None:
    """A process of its own holds a lock on each; the twenty-first is refused here."""
    with limited(world, database_url, workspace, at_once=3) as api:
        who = UUID(kept(api)["created_by"]["id"])
        with taken_elsewhere(world, ".arriving", who, 3):
            refused = sent(api)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")  # [outsider 2026-11-29]
        assert sent(api).status_code == 201, "what is killed holds nothing"
