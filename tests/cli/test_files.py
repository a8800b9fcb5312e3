"""`dossier files` beside a running server: what an operator does with files, on a database and a folder of their own."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, Kept, opened
from dossier.foundation.testing import postgres
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.cli import warm
from tests.files import scanners
from tests.files.scanners import Fake
from tests.files.support import content, kept
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
        done = warm.run("files", *arguments, environment=self.environment | more)
        assert done.returncode == code, done.stderr + done.stdout
        return done

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


def test_a_scanner_that_is_switched_on_looks_at_what_is_there(place: Place, fake: Fake) -> None:
    made = [kept(place.api, b"%d" % each * 100) for each in range(3)]
    assert {each["check"] for each in made} == {"none"}
    assert "DOSSIER_CLAMD" in said(place.run("check", code=2))
    assert "looked at 3 files: 0 infected" in said(place.run("check", DOSSIER_CLAMD=fake.address)).lower()
    assert checks(place.api) == {"clean"}
    assert "looked at 0 files" in said(place.run("check", DOSSIER_CLAMD=fake.address)).lower()
    fake.answer = b"stream: Win.Test FOUND\0"
    infected = said(place.run("check", "--all", DOSSIER_CLAMD=fake.address, code=1))
    assert all(f"{each['id']} is infected: Win.Test" in infected for each in made)
    assert checks(place.api) == {"infected"}
    assert "0 damaged or missing" in said(place.run("verify"))


def checks(api: Api) -> set[str]:
    return {each["check"] for each in api.json("GET", "/v1/files")["data"]}


def test_what_could_not_be_checked_is_released(place: Place, fake: Fake) -> None:
    made = kept(place.api, b"x" * 2000)
    more = {"DOSSIER_CLAMD": fake.address, "DOSSIER_CLAMD_MAX": "1000"}
    assert "1 could not be checked" in said(place.run("check", **more))
    assert content(place.api, made["id"]).status_code == 409
    place.run("release", made["id"])
    assert content(place.api, made["id"]).content == b"x" * 2000
    [entry] = [each for each in place.api.json("GET", "/v1/audit")["data"] if each["act"] == "file.released"]
    assert (entry["actor"]["name"], entry["via"], entry["subject"]) == ("Operator", "cli", made["id"])
    fake.answer = b"garbage\0"
    assert "no answer for 1" in said(place.run("check", code=1, DOSSIER_CLAMD=fake.address))


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


@pytest.mark.parametrize("harm", [damaged, cut, missing])
def test_verify_finds_what_was_done_to_a_file(place: Place, harm: Callable[[Place, Path], str]) -> None:
    kept(place.api, b"another")
    made = kept(place.api, b"Dear all")
    assert "Looked at 2 files" in said(place.run("verify"))
    [mine] = [each.key for each in place.lies() if each.size == 8]
    expected = f"{made['id']} {harm(place, place.folder / 'files' / mine)}"
    assert expected in said(place.run("verify", code=1))
    by_size = said(place.run("verify", "--sizes", code=0 if harm is damaged else 1))
    assert (expected in by_size) == (harm is not damaged)


def test_verify_names_strays_and_leaves_what_others_keep_there(place: Place) -> None:
    made = kept(place.api)
    workspace = place.lies()[0].key.partition("/")[0]
    stray = place.folder / "files" / workspace / "ab" / "stray"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of an upload whose server was killed")
    (place.folder / "files" / "README").write_text("not ours")
    found = said(place.run("verify"))
    assert f"{workspace}/ab/stray" in found
    assert "Belonging to no file: 1" in found
    place.api.delete(f"/v1/attachments/{made['id']}")
    assert "Belonging to no file: 1" in said(place.run("verify")), "what was erased goes in time"
