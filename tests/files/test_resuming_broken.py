"""Uploads whose lines break, whose connections stand still, of which there are two at once, and whose servers are killed."""

import errno
import hashlib
import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dossier.files.actions import resuming
from dossier.foundation.services import Pace
from dossier.foundation.storage import InThreads
from dossier.workspaces.model import Workspace
from tests.files.support import content, kept, limited
from tests.files.test_resuming import TUS, begun, offset, open_uploads, send
from tests.files.test_under_way import status, until
from tests.many import left_to_ci
from tests.storage.conftest import on_s3
from tests.storage.seaweed import Seaweed, running
from tests.world import Api, World, errors

pytestmark = pytest.mark.long

SIZE = 10_000_000


@contextmanager
def going(api: Api, at: str, start: int, length: int, data: bytes) -> Iterator[socket.socket]:
    """A PATCH that says it has so many bytes, of which only some were sent."""
    where = urlsplit(str(api.base_url))
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as line:
        head = (
            f"PATCH {at} HTTP/1.1\r\nHost: x\r\nAuthorization: {api.headers['authorization']}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {start}\r\nContent-Length: {length}\r\n\r\n"
        )
        line.sendall(head.encode() + data)
        yield line


def is_written(world: World, at: str, size: int) -> bool:
    file = world.services.storage.storage.unfinished / f"upload-{at.rpartition('/')[2]}"
    return file.exists() and file.stat().st_size >= size


def test_what_stands_still_holds_up_nobody_who_goes_on(world: World, api: Api) -> None:
    """A line that is dead on one side: HEAD answers at once, with what came; the rest of it does not count."""
    data = os.urandom(SIZE)
    at = begun(api, SIZE)
    with going(api, at, 0, SIZE, data[:3_000_000]) as dead:
        until(lambda: is_written(world, at, 2_000_000))
        began = time.monotonic()
        there = offset(api, at)
        assert time.monotonic() - began < 2
        assert 2_000_000 <= there <= 3_000_000
        with suppress(BrokenPipeError, ConnectionResetError):  # it was told 409, and nobody listens to it any more
            dead.sendall(b"late" * 300_000)
        assert send(api, at, there, data[there:5_000_000]).status_code == 204
        with suppress(ConnectionResetError):
            assert status(dead) == 409
    assert offset(api, at) == 5_000_000
    assert send(api, at, 5_000_000, data[5_000_000:]).status_code == 204
    assert content(api, at.rpartition("/")[2]).content == data


def test_what_came_before_is_kept_however_little_it_is(world: World, api: Api) -> None:
    """[outsider 2026-11-29] Nothing that came waits in memory for more: HEAD, or a newer piece, would throw it away."""
    at = begun(api, 1_000_000)
    with going(api, at, 0, 1_000_000, b"x" * 300_000) as slow:
        until(lambda: is_written(world, at, 300_000))
        slow.sendall(b"y" * 7)
        until(lambda: is_written(world, at, 300_007))
        assert offset(api, at) == 300_007
        assert status(slow) == 409
    with going(api, at, 300_007, 699_993, b"z" * 100):
        until(lambda: is_written(world, at, 300_107))
        assert send(api, at, 300_107, b"z" * 699_893).status_code == 204
    assert content(api, at.rpartition("/")[2]).content == b"x" * 300_000 + b"y" * 7 + b"z" * 699_993


def test_a_newer_piece_ends_the_older_one(world: World, api: Api) -> None:
    """The same range sent twice counts once, whichever was first."""
    data = os.urandom(SIZE)
    at = begun(api, SIZE)
    with going(api, at, 0, SIZE, data[:2_000_000]) as older:
        until(lambda: is_written(world, at, 1_500_000))
        wrong = send(api, at, 0, data[:1000])
        assert errors(wrong) == {"Upload-Offset": "wrong_offset"}
        there = wrong.json()["errors"][0]["meta"]["offset"]
        assert send(api, at, there, data[there:]).status_code == 204
        assert status(older) in (404, 409)
    found = api.json("GET", f"/v1/attachments/{at.rpartition('/')[2]}", params={"data": "false"})
    assert found["metadata"]["sha256"] == hashlib.sha256(data).hexdigest()


def test_two_servers_have_one_upload(world: World, database_url: str, workspace: Workspace) -> None:
    """As two worker processes: the older connection is at one of them, the newer one at the other."""
    data = os.urandom(SIZE)
    with limited(world, database_url, workspace) as api, limited(world, database_url, workspace) as other:
        other.headers["authorization"] = api.headers["authorization"]
        at = begun(api, SIZE)
        with going(api, at, 0, SIZE, data[:3_000_000]) as older:
            until(lambda: is_written(world, at, 2_000_000))
            there = offset(other, at)
            assert select.select([older], [], [], 5)[0], "it is told, and does not wait for its next byte"
            assert status(older) == 409
        assert send(other, at, there, data[there:]).status_code == 204
        assert content(api, at.rpartition("/")[2]).content == data
        assert offset(api, at) == SIZE


@left_to_ci(
    "waits until a silence is too long",
    "files/test_resuming_broken.py::test_what_came_before_is_kept_however_little_it_is",
)
def test_what_came_before_a_silence_is_kept(world: World, database_url: str, workspace: Workspace) -> None:
    with limited(world, database_url, workspace, pace=Pace(silent=0.5, window=60, least=0)) as api:
        at = begun(api, SIZE)
        with going(api, at, 0, SIZE, b"x" * 1_000_001) as still:
            assert status(still) == 408
        assert offset(api, at) == 1_000_001
        with going(api, at, 1_000_001, SIZE - 1_000_001, b"x" * 7):
            until(lambda: world.services.storage.arriving.held)
        until(lambda: not world.services.storage.arriving.held)
        assert offset(api, at) in (1_000_001, 1_000_008), "the line ended"
    until(lambda: not world.services.storage.arriving.held)


def test_an_upload_that_is_ended_ends_what_still_comes(world: World, api: Api) -> None:
    at = begun(api, SIZE)
    with going(api, at, 0, SIZE, b"x" * 1_000_000) as coming:
        until(lambda: is_written(world, at, 500_000))
        assert api.delete(at, headers=TUS).status_code == 204
        coming.sendall(b"x" * 1_000_000)
        assert status(coming) in (404, 409)
    until(lambda: not any(at.rpartition("/")[2] in each for each in open_uploads(world)))


def test_a_full_disk_keeps_what_was_there(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    at, real = begun(api, SIZE), os.pwritev
    send(api, at, 0, b"x" * 1_000_000)

    def full(handle: int, pieces: list[Any], place: int) -> int:
        if sum(map(len, pieces)) > 1000:
            raise OSError(errno.ENOSPC, "full")
        return real(handle, pieces, place)

    monkeypatch.setattr(os, "pwritev", full)
    refused = send(api, at, 1_000_000, b"y" * 1_000_000)
    assert (refused.status_code, errors(refused)) == (507, {"": "storage_full"})
    monkeypatch.undo()
    assert offset(api, at) == 1_000_000
    assert send(api, at, 1_000_000, b"y" * (SIZE - 1_000_000)).status_code == 204


def test_after_a_power_failure_only_what_was_synced_counts(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has grown by bytes that may never have reached the disk."""
    at = begun(api, 10)
    send(api, at, 0, b"01234")
    file = world.services.storage.storage.unfinished / f"upload-{at.rpartition('/')[2]}"
    file.write_bytes(b"01234\0\0")
    assert offset(api, at) == 7, "the machine has run on: the bytes are there"
    file.write_bytes(b"01234\0\0\0\0")
    monkeypatch.setattr(resuming, "boot", lambda: "another")
    assert offset(api, at) == 7
    file.unlink()
    assert api.head(at, headers=TUS).status_code == 404, "its disk is gone, and so is it"


def test_what_was_whole_when_its_server_died_is_finished_by_who_asks(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full offset is the end for clients: there is no such one before there is an attachment."""
    at = begun(api, 10)

    async def die(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(resuming, "_kept", die)
    assert send(api, at, 0, b"0123456789").status_code == 500
    assert api.get(f"/v1/attachments/{at.rpartition('/')[2]}").status_code == 404
    monkeypatch.undo()
    assert offset(api, at) == 10
    assert content(api, at.rpartition("/")[2]).content == b"0123456789"
    assert not any(at.rpartition("/")[2] in each for each in open_uploads(world))


def test_bytes_on_another_machine_are_said_to_be_there(
    world: World, database_url: str, workspace: Workspace, tmp_path: Path
) -> None:
    """With a bucket, each machine has its own folder of files in the making."""
    from dossier.foundation.services import Services
    from dossier.foundation.storage import opened
    from dossier.foundation.testing import postgres
    from dossier.foundation.testing.server import serving
    from dossier.server.application import create
    from dossier.server.services import database_on

    storage = InThreads(lambda: opened(None, tmp_path))
    services = Services(database_on(postgres.serving(database_url)), storage=storage, works_on_jobs=False)
    with limited(world, database_url, workspace) as api, serving(create(services)) as server:
        at, unsent = begun(api, 10), begun(api, 10)
        send(api, at, 0, b"01234")
        with world.client(api.headers["authorization"].removeprefix("Bearer ")) as other:
            other.base_url = server.url
            for refused in (other.head(at, headers=TUS), send(other, at, 5, b"56789")):
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert send(other, unsent, 0, b"0123456789").status_code == 204, "of which nothing came comes to any"
        assert send(api, at, 5, b"56789").status_code == 204


@pytest.fixture
def s3() -> Iterator[Seaweed]:
    with running() as server:
        yield server


@left_to_ci(
    "starts a real S3 server, and waits until it is given up",
    "storage/test_storage.py::test_what_is_put_is_read_again_whole_and_in_part",
)
def test_into_a_bucket(world: World, database_url: str, workspace: Workspace, s3: Seaweed, tmp_path: Path) -> None:
    """Away when the last byte comes it is said; who asks again finishes."""
    from dossier.foundation.services import Services
    from dossier.foundation.testing import postgres
    from dossier.foundation.testing.server import serving
    from dossier.server.application import create
    from dossier.server.services import database_on

    storage = InThreads(lambda: on_s3(s3, tmp_path))
    services = Services(database_on(postgres.serving(database_url)), storage=storage, works_on_jobs=False)
    data = os.urandom(9_000_000)
    with serving(create(services)) as server, world.client(world.token(workspace)) as api:
        api.base_url = server.url
        at = begun(api, len(data))
        assert send(api, at, 0, data[:5_000_000]).status_code == 204
        assert send(api, at, 5_000_000, data[5_000_000:]).status_code == 204
        assert content(api, at.rpartition("/")[2]).content == data
        lost = begun(api, 5)
        s3.process.kill()
        s3.process.wait(10)
        refused = send(api, lost, 0, b"01234")
        assert (refused.status_code, errors(refused)) == (503, {"": "storage_away"})
        assert api.head(lost, headers=TUS).status_code == 503


def test_sixty_that_stand_still_in_their_middle(world: World, workspace: Workspace, api: Api) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        for _ in range(3):
            sender = stack.enter_context(world.client(world.token(workspace)))
            for _ in range(20):
                at = begun(sender, SIZE)
                stack.enter_context(going(sender, at, 0, SIZE, b"x" * 1000))
        until(lambda: len(world.services.storage.arriving.held) == 60)
        assert send(sender, begun(sender, 5), 0, b"x").status_code == 429
        began = time.monotonic()
        for number in range(5):
            made = kept(api, b"%d" % number)
            assert content(api, made["id"]).content == b"%d" % number
            assert api.post("/v1/cases", json={"title": "A case"}).status_code == 200
        assert offset(sender, at) <= 1000
        assert time.monotonic() - began < 10
    until(lambda: not world.services.storage.arriving.held)
