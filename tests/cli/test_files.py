"""`dossier files` beside a running server: what an operator does with files, on a database and a folder of their own."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, Kept, opened
from dossier.foundation.testing import postgres
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.cli import warm
from tests.conftest import database_server
from tests.files import scanners
from tests.files.scanners import Fake
from tests.files.support import content, kept
from tests.many import left_to_ci, some
from tests.storage.seaweed import KEY_ID, SECRET, running
from tests.world import Api, World

pytestmark = pytest.mark.long


@dataclass
class Place:
    """A server with files in a folder, and commands beside it."""

    api: Api
    services: Services
    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0, **more: str) -> "subprocess.CompletedProcess[str]":
        done = warm.run(*arguments, environment=self.environment | more)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    def do(self, *arguments: str, code: int = 0, **more: str) -> str:
        done = warm.run(*arguments, environment=self.environment | more)
        assert done.returncode == code, done.stderr + done.stdout
        return said(done)

    def lies(self) -> list[Kept]:
        return list(self.services.storage.storage.list())


@pytest.fixture
def place(fresh_database_url: str, tmp_path: Path) -> Iterator[Place]:
    clock = MovableClock()
    database = database_on(postgres.serving(fresh_database_url), clock=clock)
    services = Services(database, storage=InThreads(lambda: opened(None, tmp_path)), works_on_jobs=False)
    environment = {**os.environ, "DATABASE_URL": fresh_database_url, "DOSSIER_DATA_DIR": str(tmp_path)}
    with serving(create(services)) as server:
        world = World(server, services, clock)
        with world.client(world.token(world.workspace())) as api:
            yield Place(api, services, tmp_path, environment)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with scanners.fake() as found:
        yield found


def said(done: Any) -> str:
    text: str = done.stdout + done.stderr
    return text


@left_to_ci("runs five commands, one after the other", "cli/test_files.py::test_what_could_not_be_checked_is_released")
def test_a_scanner_that_is_switched_on_looks_at_what_is_there(place: Place, fake: Fake) -> None:
    made = [kept(place.api, b"%d" % each * 100) for each in range(3)]
    assert {each["check"] for each in made} == {"none"}
    assert "DOSSIER_CLAMD" in said(place.run("files", "check", code=2))
    assert "looked at 3 files: 0 infected" in said(place.run("files", "check", DOSSIER_CLAMD=fake.address)).lower()
    assert checks(place.api) == {"clean"}
    assert "looked at 0 files" in said(place.run("files", "check", DOSSIER_CLAMD=fake.address)).lower()
    fake.answer = b"stream: Win.Test FOUND\0"
    infected = said(place.run("files", "check", "--all", DOSSIER_CLAMD=fake.address, code=1))
    assert all(f"{each['id']} is infected: Win.Test" in infected for each in made)
    assert checks(place.api) == {"infected"}
    assert "0 damaged or missing" in said(place.run("files", "verify"))


def checks(api: Api) -> set[str]:
    return {each["check"] for each in api.json("GET", "/v1/files")["data"]}


def test_what_could_not_be_checked_is_released(place: Place, fake: Fake) -> None:
    made = kept(place.api, b"x" * 2000)
    more = {"DOSSIER_CLAMD": fake.address, "DOSSIER_CLAMD_MAX": "1000"}
    assert "1 could not be checked" in said(place.run("files", "check", **more))
    assert content(place.api, made["id"]).status_code == 409
    place.run("files", "release", made["id"])
    assert content(place.api, made["id"]).content == b"x" * 2000
    [entry] = [each for each in place.api.json("GET", "/v1/audit")["data"] if each["act"] == "file.released"]
    assert (entry["actor"]["name"], entry["via"], entry["subject"]) == ("Operator", "cli", made["id"])
    fake.answer = b"garbage\0"
    assert "no answer for 1" in said(place.run("files", "check", code=1, DOSSIER_CLAMD=fake.address))


# ---- looking whether all is there ----


def damaged(place: Place, file: Path) -> str:
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)
    return "is damaged"


def cut(place: Place, file: Path) -> str:
    file.write_bytes(file.read_bytes()[:-1])
    return "has 7 bytes and not 8"


def missing(place: Place, file: Path) -> str:
    file.unlink()
    return "is missing"


@pytest.mark.parametrize("harm", some([damaged, cut, missing], 2))
def test_verify_finds_what_was_done_to_a_file(place: Place, harm: Callable[[Place, Path], str]) -> None:
    kept(place.api, b"another")
    made = kept(place.api, b"Dear all")
    assert "Looked at 2 files" in said(place.run("files", "verify"))
    [mine] = [each.key for each in place.lies() if each.size == 8]
    expected = f"{made['id']} {harm(place, place.folder / 'files' / mine)}"
    assert expected in said(place.run("files", "verify", code=1))
    by_size = said(place.run("files", "verify", "--sizes", code=0 if harm is damaged else 1))
    assert (expected in by_size) == (harm is not damaged)


def test_verify_names_strays_and_leaves_what_others_keep_there(place: Place) -> None:
    made = kept(place.api)
    workspace = place.lies()[0].key.partition("/")[0]
    stray = place.folder / "files" / workspace / "ab" / "stray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of an upload whose server was killed")
    (place.folder / "files" / "README").write_text("not ours")
    found = said(place.run("files", "verify"))
    assert f"{workspace}/ab/stray" in found
    assert "Belonging to no file: 1" in found
    place.api.delete(f"/v1/attachments/{made['id']}")
    assert "Belonging to no file: 1" in said(place.run("files", "verify")), "what was erased goes in time"


# ---- backups ----


def key_of(place: Place, size: int) -> str:
    [found] = [each.key for each in place.lies() if each.size == size]
    return found


@left_to_ci(
    "restores a database and all files, several times",
    "cli/test_commands.py::test_a_backup_comes_back_whole",
    "cli/test_files.py::test_a_backup_says_what_it_lacks",
)
def test_files_come_back_with_the_backup(place: Place, tmp_path: Path) -> None:
    """With everything that they contain, into an empty database and an empty folder."""
    backups, restored = tmp_path / "backups", tmp_path / "restored"
    backups.mkdir()
    made = [kept(place.api, os.urandom(size)) for size in (10, 3_000_000)]
    contained = [content(place.api, each["id"]).content for each in made]
    erased = kept(place.api, b"x" * 77)
    assert place.api.delete(f"/v1/attachments/{erased['id']}").status_code == 204
    assert "2 new" in place.do("backup", str(backups / "one.tar"))
    assert key_of(place, 77) not in {
        each.relative_to(backups / "dossier-files").as_posix() for each in content_of(backups)
    }
    kept(place.api, b"later")
    assert "1 new" in place.do("backup", str(backups / "two.tar")), "what a backup there has is not copied again"
    assert len(content_of(backups)) == 3
    assert "The content of 2 files is there" in place.do("backup", "verify", str(backups / "one.tar"))
    with empty_database() as url:
        there = {"DATABASE_URL": url, "DOSSIER_DATA_DIR": str(restored)}
        assert "2 files contain is all there" in place.do("restore", str(backups / "one.tar"), **there)
        assert "Looked at 2 files" in place.do("files", "verify", **there)
    lies = {each.read_bytes() for each in (restored / "files").rglob("*") if each.is_file()}
    assert lies == set(contained)


def content_of(backups: Path) -> list[Path]:
    return [each for each in (backups / "dossier-files").rglob("*") if each.is_file()]


@contextmanager
def empty_database() -> Iterator[str]:
    with postgres.database(database_server()) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        yield url


def test_a_backup_says_what_it_lacks(place: Place, tmp_path: Path) -> None:
    backup = tmp_path / "one.tar"
    kept(place.api, b"Dear all")
    kept(place.api, b"another")
    key = key_of(place, 8)
    assert f"{place.folder / 'files'}" in place.do("backup", str(tmp_path / "without.tar"), "--without-files")
    assert not (tmp_path / "dossier-files").exists()
    mine = place.folder / "files" / key
    whole = mine.read_bytes()
    mine.write_bytes(b"Dear al!")
    assert f"{key} is damaged" in place.do("backup", str(backup), code=1)
    assert backup.exists(), "everything else is in it"
    assert f"{key} is missing" in place.do("backup", "verify", str(backup), code=1)
    with empty_database() as url:
        there = {"DATABASE_URL": url, "DOSSIER_DATA_DIR": str(tmp_path / "restored")}
        refused = place.do("restore", str(backup), code=1, **there)
        assert f"{key} is missing" in refused
        mine.write_bytes(whole)
        assert "2 files, 0.0 MB, 1 new" in place.do("files", "fetch", str(place.folder / "files"), **there)
        place.do("files", "verify", **there)


@left_to_ci("backs up again and again", "cli/test_files.py::test_a_backup_says_what_it_lacks")
def test_content_that_no_backup_needs_is_cleared_away(place: Place, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    gone, stays = kept(place.api, b"gone"), kept(place.api, b"stays")
    place.do("backup", str(backups / "dossier-20260101T000000Z.tar"))
    place.api.delete(f"/v1/attachments/{gone['id']}")
    place.do("backup", str(backups / "mine.tar"))
    assert len(content_of(backups)) == 2
    (backups / "broken.tar").write_bytes(b"no backup")
    assert "cannot be read" in place.do("backup", str(backups), "--keep", "1")
    assert len(content_of(backups)) == 2
    (backups / "broken.tar").unlink()
    [newest] = backups.glob("dossier-*Z.tar")
    newest.rename(backups / "dossier-20260102T000000Z.tar")
    assert "1 files contained" in place.do("backup", str(backups), "--keep", "1")
    [left] = content_of(backups)
    assert left.read_bytes() == b"stays"
    assert stays["id"]


@left_to_ci("sends files all the while that a backup takes", "cli/test_files.py::test_a_backup_says_what_it_lacks")
def test_what_comes_and_goes_while_a_backup_is_made(place: Place, tmp_path: Path) -> None:
    """Every file of the snapshot is in the backup: what a row names is there before the row, and longer than it."""
    stop, sent = threading.Event(), list[str]()

    def go_on() -> None:
        while not stop.is_set():
            sent.append(kept(place.api, os.urandom(1000))["id"])
            if len(sent) % 3 == 0:
                place.api.delete(f"/v1/attachments/{sent[-2]}")

    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        for number in range(2):
            place.do("backup", str(tmp_path / f"{number}.tar"))
            place.do("files", "verify")
    finally:
        stop.set()
        sender.join()
    assert "is whole" in place.do("backup", "verify", str(tmp_path / "1.tar"))
    assert len(sent) > 10


# ---- another place ----


@left_to_ci(
    "starts a real S3 server, and moves all files there and back",
    "cli/test_files.py::test_a_move_that_a_server_may_overtake_says_so",
)
def test_files_move_to_s3_and_back(place: Place, tmp_path: Path) -> None:
    with running() as s3:
        more = {"DOSSIER_FILES_KEY_ID": KEY_ID, "DOSSIER_FILES_SECRET": SECRET}
        bucket = f"s3://files/moved?endpoint={s3.endpoint}"
        made = [kept(place.api, os.urandom(size)) for size in (10, 9_000_000)]
        place.api.delete(f"/v1/attachments/{made.pop()['id']}")
        kept(place.api, os.urandom(8_500_000))
        assert "2 files, 8.5 MB, 2 new" in place.do("files", "move", bucket, **more)
        kept(place.api, b"meanwhile")
        again = place.do("files", "move", bucket, **more)
        assert "3 files, 8.5 MB, 1 new" in again
        assert "Now name s3://files/moved" in again
        assert "Looked at 3 files" in place.do("files", "verify", DOSSIER_FILES_URL=bucket, **more)
        back = str(tmp_path / "back")
        assert "3 new" in place.do("files", "move", back, DOSSIER_FILES_URL=bucket, **more)
        assert "Looked at 3 files" in place.do("files", "verify", DOSSIER_FILES_URL=back)
        assert "already" in place.do("files", "move", back, DOSSIER_FILES_URL=back, code=2)
        assert "must be" in place.do("files", "move", "somewhere", code=2)


def test_a_move_that_a_server_may_overtake_says_so(place: Place, tmp_path: Path, fresh_database_url: str) -> None:
    kept(place.api)
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO server_signs VALUES (gen_random_uuid(), 'here:1', now(), '[]')")
    assert "stop it and run this once more" in place.do("files", "move", str(tmp_path / "to"))
    place.folder.joinpath("files", key_of(place, 8)).write_bytes(b"damaged!")
    kept(place.api, b"9 letters")
    shutil.rmtree(tmp_path / "to")
    refused = place.do("files", "move", str(tmp_path / "to"), code=1)
    assert "is damaged" in refused
