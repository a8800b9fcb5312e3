"""A virus scanner looks at files: what it says, what it does not say, and what follows for every way to their content."""

import asyncio
import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from dossier.files import actions
from dossier.files.pages import PAGES
from dossier.files.routes import ROUTERS
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.errors import AppError
from dossier.foundation.identifiers import new_id
from dossier.foundation.scanner import NoVerdict, read_address
from dossier.foundation.services import FileLimits, Services
from dossier.foundation.testing.server import RunningServer
from dossier.workspaces.model import Workspace
from tests.files import scanners
from tests.files.scanners import EICAR, Fake
from tests.files.support import beside, content, kept, picture, sent
from tests.files.test_resuming import begun, send
from tests.many import left_to_ci
from tests.world import CERTIFICATES, Api, World, errors

pytestmark = pytest.mark.long


@dataclass
class Scanned:
    """A server with a scanner, and a client of it."""

    api: Api
    server: RunningServer
    services: Services
    world: World
    workspace: Workspace

    def work(self) -> None:
        """What the job does each minute."""
        self.server.run(actions.check_pending(self.services))

    def check(self, id: str) -> str:
        found: str = self.api.json("GET", f"/v1/attachments/{id}?data=false")["check"]
        return found

    def release(self, id: str) -> None:
        self.world.do(lambda tx: actions.release(tx, id), self.operator)

    @property
    def operator(self) -> Actor:
        return system("cli", Scope((self.workspace.id,)), "Tests")

    def acts(self) -> list[tuple[str, str, str | None]]:
        found = self.api.json("GET", "/v1/audit")["data"]
        ours = [each for each in found if each["act"].startswith("file.")]
        return [(each["act"], each["result"], each["details"].get("virus")) for each in ours]


@contextmanager
def scanned(world: World, database_url: str, workspace: Workspace, scanner: Any, **limits: Any) -> Iterator[Scanned]:
    with (
        beside(world, database_url, scanner=scanner, file_limits=FileLimits(**limits)) as served,
        asked(world, workspace, *served) as found,
    ):
        yield found


@contextmanager
def asked(world: World, workspace: Workspace, server: RunningServer, services: Services) -> Iterator[Scanned]:
    with world.client(world.token(workspace)) as api:
        api.base_url = server.url
        yield Scanned(api, server, services, world, workspace)


@pytest.fixture(scope="module")
def shared() -> Iterator[Fake]:
    with scanners.fake() as found:
        yield found


@pytest.fixture(scope="module")
def serving(world: World, database_url: str, shared: Fake) -> Iterator[tuple[RunningServer, Services]]:
    with beside(world, database_url, scanner=shared.scanner(most=100_000)) as served:
        yield served


@pytest.fixture
def here(world: World, workspace: Workspace, serving: tuple[RunningServer, Services], fake: Fake) -> Iterator[Scanned]:
    with asked(world, workspace, *serving) as found:
        yield found
        fake.behaves, fake.answer = None, b"stream: OK\0"
        world.clock.forward(minutes=61)
        found.work()  # nothing is left for others to meet


@pytest.fixture
def fake(shared: Fake) -> Fake:
    shared.behaves, shared.answer, shared.asked = None, b"stream: OK\0", []
    return shared


def zipped(inside: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("invoice.txt", inside)
    return out.getvalue()


def nested(inside: bytes, depth: int) -> bytes:
    return inside if not depth else nested(zipped(inside), depth - 1)


# ---- what it says ----


def test_a_real_one_finds_the_test_virus_plain_and_in_a_zip(
    world: World, database_url: str, workspace: Workspace
) -> None:
    with (
        scanners.clamd() as address,
        scanned(world, database_url, workspace, scanners.Scanner(address, 10**6)) as here,
    ):
        before = len(list(here.services.storage.storage.list()))
        for infected in (EICAR, zipped(EICAR), zipped(zipped(EICAR))):
            refused = sent(here.api, infected, "invoice.zip")
            assert (refused.status_code, errors(refused)) == (422, {"": "infected"})
        assert here.api.json("GET", "/v1/files/count") == {"count": 0}
        assert len(list(here.services.storage.storage.list())) == before
        assert here.acts() == [("file.infected", "refused", "Eicar-Test.UNOFFICIAL")] * 3
        assert kept(here.api, b"Dear all")["check"] == "clean"
        assert kept(here.api, zipped(os.urandom(500_000)))["check"] == "clean"
        assert kept(here.api, nested(EICAR, 6))["check"] == "not_possible", "deeper than it looks"
        assert kept(here.api, os.urandom(1_000_001))["check"] == "not_possible", "larger than it takes"
        with scanned(
            world, database_url, workspace, scanners.Scanner(address, 10**9)
        ) as bold:  # it closes the line in the middle
            assert kept(bold.api, os.urandom(9_000_000))["check"] in ("not_possible", "pending")
            assert bold.server.run(scanners.Scanner(address).says(5)).startswith("ClamAV 1")


def closes(fake: Fake, line: socket.socket) -> None:
    line.recv(1000)


def hangs(fake: Fake, line: socket.socket) -> None:
    scanners.taken(line)
    line.recv(1)


def never_reads(fake: Fake, line: socket.socket) -> None:
    time.sleep(2)


def drips(fake: Fake, line: socket.socket) -> None:
    scanners.taken(line)
    for each in b"stream: OK":
        line.sendall(bytes([each]))
        time.sleep(0.3)


def floods(fake: Fake, line: socket.socket) -> None:
    scanners.taken(line)
    while True:
        line.sendall(b"stream: OK\n" * 1000)


def is_hasty(fake: Fake, line: socket.socket) -> None:
    line.sendall(b"stream: OK\0")
    line.recv(100)


def test_what_it_says_before_it_has_the_file_is_no_verdict(fake: Fake) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(3):
            await asyncio.sleep(0.1)
            yield b"x"

    fake.behaves = is_hasty
    with pytest.raises(NoVerdict, match="before"):
        asyncio.run(fake.scanner().look_at(3, slowly(), 5))


@pytest.mark.parametrize(
    "text", ["", "clamd", "unix:", "unix:relative", "tcp:host", "tcp::3310", "tcp:host:0", "http://host:3310"]
)
def test_an_address_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be unix:"):
        read_address(text)


def test_addresses() -> None:
    for each in ("unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310", "tcp:clamd.internal:3310"):
        assert read_address(each) == each


ANSWERS: dict[bytes, str] = {
    b"stream: OK\0": "clean",
    b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0": "not_possible",
    b"INSTREAM size limit exceeded. ERROR\0": "not_possible",
    b"stream: Can't allocate memory ERROR\0": "pending",
    b"stream: OK": "pending",  # without its end
    b"\0": "pending",
    b"OK\0": "pending",
    b"stream: OK FOUND OK\0": "pending",
    b"HTTP/1.1 400 Bad Request\r\n\r\n\0": "pending",
    b"\xff\xfe\0": "pending",
    b"x" * 100_000: "pending",
}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: repr(each[:20]))
def test_only_what_is_called_clean_is_clean(here: Scanned, fake: Fake, answer: bytes) -> None:
    fake.answer = answer
    assert kept(here.api)["check"] == ANSWERS[answer]
    assert fake.asked == [len(b"Dear all")]


@left_to_ci("waits for scanners that do not answer")
@pytest.mark.parametrize("behaves", [closes, hangs, never_reads, drips, floods])
def test_one_that_misbehaves_is_asked_again_and_holds_nobody_up(
    here: Scanned, fake: Fake, behaves: Callable[..., None]
) -> None:
    fake.behaves = behaves
    began = time.monotonic()
    made = kept(here.api, os.urandom(99_000), "a.bin")
    assert time.monotonic() - began < 5
    assert made["check"] == "pending"
    here.work()
    assert here.check(made["id"]) == "pending"
    fake.behaves = None
    here.work()
    assert here.check(made["id"]) == "pending", "it was asked a moment ago"
    here.world.clock.forward(minutes=6)
    here.work()
    assert here.check(made["id"]) == "clean"


def test_it_is_not_asked_about_more_than_it_takes(here: Scanned, fake: Fake) -> None:
    assert kept(here.api, b"x" * 100_000)["check"] == "clean"
    assert kept(here.api, b"x" * 100_001)["check"] == "not_possible"
    assert fake.asked == [100_000]


@left_to_ci("waits for a scanner that takes its time")
def test_many_that_wait_for_it_at_once(here: Scanned, fake: Fake) -> None:
    """They hold no connection of the database and no thread: others read meanwhile."""
    fake.behaves = hangs
    found: list[str] = []
    senders = [threading.Thread(target=lambda: found.append(kept(here.api)["check"])) for _ in range(15)]
    for each in senders:
        each.start()
    began = time.monotonic()
    assert here.api.get("/v1/cases").status_code == 200
    assert time.monotonic() - began < 5
    for each in senders:
        each.join()
    assert found == ["pending"] * 15


def test_what_comes_in_several_goes_is_looked_at_when_it_is_whole(here: Scanned, fake: Fake) -> None:
    fake.answer = b"stream: Win.Test FOUND\0"
    upload = begun(here.api, 8)
    assert send(here.api, upload, 0, b"Dear").status_code == 204
    assert fake.asked == []
    refused = send(here.api, upload, 4, b" all")
    assert (refused.status_code, errors(refused)) == (422, {"": "infected"})
    assert here.api.json("GET", "/v1/files/count") == {"count": 0}
    assert here.acts() == [("file.infected", "refused", "Win.Test")]
    fake.answer = b"garbage\0"
    upload = begun(here.api, 8)
    assert send(here.api, upload, 0, b"Dear all").status_code == 204
    assert here.api.json("GET", "/v1/files")["data"][0]["check"] == "pending"


# ---- later ----


def test_a_virus_that_is_found_later(here: Scanned, fake: Fake) -> None:
    fake.answer = b"garbage\0"
    made = kept(here.api, b"Dear all" * 100)
    fake.answer = b"stream: Win.Test FOUND\0"
    here.work()
    assert here.check(made["id"]) == "infected"
    assert here.acts() == [("file.infected", "done", "Win.Test")]
    file = here.api.json("GET", f"/v1/attachments/{made['id']}?data=false")
    assert (file["name"], file["metadata"]["sha256"]) == (made["name"], made["metadata"]["sha256"])
    lies = {each.size for each in here.services.storage.storage.list()}
    assert 800 in lies
    here.server.run(actions.delete_left(here.services))
    assert 800 not in {each.size for each in here.services.storage.storage.list()}
    assert here.api.json("GET", "/v1/files?check=infected")["data"][0]["id"] == made["id"]
    assert here.api.delete(f"/v1/attachments/{made['id']}").status_code == 204


def events_of(here: Scanned, case: dict[str, Any]) -> list[Any]:
    """What other systems are told of checks of a case's files."""
    asked = {"after": "0", "case[id]": case["id"], "types": "file.checked"}
    end = time.monotonic() + 10
    while not (found := here.api.json("GET", "/v1/events", params=asked)["data"]) and time.monotonic() < end:
        time.sleep(0.05)  # others may be under way
    return [each["data"]["changes"] for each in found]


@pytest.mark.parametrize("becomes", ["clean", "infected", "not_possible"])
def test_what_is_said_later_of_a_file_of_a_case_is_an_event(here: Scanned, fake: Fake, becomes: str) -> None:
    """[18] `file.checked` was a type of event that nothing made: who fetches files of cases waits for it."""
    fake.answer = b"garbage\0"
    case = here.api.json("POST", "/v1/cases", json={"title": "A"})
    made = kept(here.api)
    here.api.json("PATCH", f"/v1/attachments/{made['id']}", json={"case": case["id"]})
    fake.answer = {"clean": b"stream: OK\0", "infected": b"stream: Win.Test FOUND\0"}.get(becomes, b"garbage\0")
    if becomes == "not_possible":
        here.world.clock.forward(minutes=61)
    here.work()
    assert here.check(made["id"]) == becomes
    assert events_of(here, case) == [{f"checks.{made['id']}": {"old": "pending", "new": becomes}}]
    entry = here.api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    assert (entry["kind"], entry["actor"]["type"]) == ("file_checked", "system")
    undone = here.api.post(f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})
    assert undone.status_code == 409
    page = here.world.browser(here.world.member(here.workspace, f"{becomes}-{here.workspace.slug}@example.org"))
    assert made["name"] in page.get(f"/workspace/cases/{case['id']}").text


def test_what_has_no_answer_for_an_hour_is_given_up_and_released_by_an_administrator(
    here: Scanned, fake: Fake, world: World, workspace: Workspace
) -> None:
    fake.answer = b"garbage\0"
    made = kept(here.api)
    here.world.clock.forward(minutes=50)
    here.work()
    assert here.check(made["id"]) == "pending"
    here.world.clock.forward(minutes=11)
    here.work()
    assert here.check(made["id"]) == "not_possible"
    assert errors(content(here.api, made["id"])) == {"": "not_checked"}
    before = here.api.get(f"/v1/attachments/{made['id']}?data=false").headers["etag"]
    here.release(made["id"])
    here.release(made["id"])
    assert content(here.api, made["id"]).content == b"Dear all"
    assert [each[0] for each in here.acts()] == ["file.released"]
    assert here.api.get(f"/v1/attachments/{made['id']}?data=false").headers["etag"] != before
    assert here.check(made["id"]) == "not_possible"


def test_only_what_could_not_be_checked_is_released_and_by_administrators_alone(
    here: Scanned, world: World, workspace: Workspace, database_url: str
) -> None:
    clean = kept(here.api)
    with pytest.raises(AppError) as refused:
        here.release(clean["id"])
    assert refused.value.problems[0].code == "not_releasable"
    large = kept(here.api, b"x" * 100_001)
    nobody = Actor("token", None, "A program", "api", Scope((workspace.id,)))
    with pytest.raises(AppError) as forbidden:
        world.do(lambda tx: actions.release(tx, large["id"]), nobody)
    assert forbidden.value.status == 403


def test_what_was_pending_when_the_scanner_was_switched_off_is_given_up(
    here: Scanned, fake: Fake, world: World, database_url: str, workspace: Workspace
) -> None:
    fake.answer = b"garbage\0"
    made = kept(here.api)
    with scanned(world, database_url, workspace, None, serves_unchecked=True) as without:
        assert errors(content(without.api, made["id"])) == {"": "being_checked"}
        world.clock.forward(minutes=61)
        without.work()
        assert content(without.api, made["id"]).content == b"Dear all", "as the setting says"
        assert kept(without.api)["check"] == "none"


# ---- every way to content ----

Ask = Callable[[Scanned, dict[str, Any]], httpx.Response]


def _get(**headers: str) -> Ask:
    return lambda here, made: here.api.get(f"/v1/attachments/{made['id']}", headers=headers)


def _head(**headers: str) -> Ask:
    return lambda here, made: here.api.head(f"/v1/attachments/{made['id']}", headers=headers)


def _known(here: Scanned, made: dict[str, Any]) -> httpx.Response:
    tag = f'"{made["metadata"]["sha256"]}"'
    return _get(**BYTES, **{"If-None-Match": tag})(here, made)


def _with_key(here: Scanned, made: dict[str, Any]) -> httpx.Response:
    path = made["uri"].partition("/v1/")[2]
    return httpx.get(f"{here.server.url}/v1/{path}", timeout=30, verify=CERTIFICATES)


def _by_member(path: str) -> Ask:
    def ask(here: Scanned, made: dict[str, Any]) -> httpx.Response:
        browser = here.world.browser(here.world.member(here.workspace, f"{new_id()}@example.org"))
        browser.base_url = httpx.URL(here.server.url)
        return browser.get(f"/workspace/files/{path}".format(id=made["id"]))

    return ask


def _together(accept: str) -> Ask:
    return lambda here, made: here.api.get(f"/v1/attachments?ids={made['id']}", headers={"Accept": accept})


BYTES = {"Accept": "application/octet-stream"}
WAYS: dict[str, dict[str, Ask]] = {
    "GET /v1/attachments/{id}": {
        "JSON": _get(),
        "JSON, known": _get(**{"If-None-Match": "*"}),
        "JSON, HEAD": _head(),
        "bytes": _get(**BYTES),
        "its own type": _get(Accept="image/*"),
        "a range": _get(**BYTES, Range="bytes=0-0"),
        "known": _known,
        "HEAD": _head(**BYTES),
        "the public address": _with_key,
    },
    "GET /v1/attachments": {"one PDF": _together("application/pdf"), "a ZIP": _together("application/zip")},
    "GET /workspace/files/{id}/content": {"the app": _by_member("{id}/content")},
    "GET /workspace/files/{id}/preview/{page}": {"a page": _by_member("{id}/preview/1")},
    "GET /workspace/files/together": {
        "one PDF": _by_member("together?ids={id}&as=pdf"),
        "a ZIP": _by_member("together?ids={id}&as=zip"),
    },
    "GET /workspace/files/{id}/thumbnail": {"a thumbnail": _by_member("{id}/thumbnail")},
}
"""How content is read. A route that gives any stands here, with every form in which it does; `test_every_way_is_known` asks for it."""

EVERY_WAY = {f"{route}: {form}": ask for route, forms in WAYS.items() for form, ask in forms.items()}
WITHOUT_CONTENT = {"GET /v1/files", "GET /v1/files/count", "GET /workspace/files/sending"}
"""The other routes of files that one reads from."""

STATES = {
    "pending": (409, "being_checked"),
    "infected": (410, "infected"),
    "not_possible": (409, "not_checked"),
}


def test_every_way_is_known() -> None:
    """What has files to give is tried below; what has none says so. A new route of files is one or the other."""
    routes = [route for router in ROUTERS for route in router.routes]
    there = {f"GET /v1{each.path}" for each in routes if each.method == "GET"}
    there |= {f"GET {page.path}" for page in PAGES if page.method == "GET"}
    assert there - WITHOUT_CONTENT == set(WAYS)


@pytest.mark.parametrize("state", STATES)
def test_every_way_to_content_obeys(here: Scanned, fake: Fake, state: str, database_url: str) -> None:
    fake.answer = b"garbage\0"
    made = kept(here.api, picture(), "a.png", data={"scope": "public"})
    if state == "infected":
        fake.answer = b"stream: Win.Test FOUND\0"
        here.work()
    elif state == "not_possible":
        here.world.clock.forward(minutes=61)
        here.work()
    assert here.check(made["id"]) == state
    for way, ask in EVERY_WAY.items():
        _is_refused(ask(here, made), way, *STATES[state])
    if state == "not_possible":
        with scanned(here.world, database_url, here.workspace, None, serves_unchecked=True) as serving:
            _are_given(serving, made)
        here.release(made["id"])
        _are_given(here, made)


def _is_refused(answer: httpx.Response, way: str, status: int, code: str) -> None:
    assert answer.status_code == status, way
    is_json = "json" in answer.headers["content-type"] and answer.request.method != "HEAD"
    assert not is_json or errors(answer) == {"": code}, way
    assert not is_json or code != "being_checked" or int(answer.headers["retry-after"]) > 0, way


def _are_given(here: Scanned, made: dict[str, Any]) -> None:
    for way, ask in EVERY_WAY.items():
        assert ask(here, made).status_code in (200, 206, 304), way
