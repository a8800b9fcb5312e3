"""As many webhooks as one likes, to receivers that fail, hang, redirect, say 410 or send a gigabyte, by a clock that is moved through 75 hours
and more: each one is taken, given up, or called off with its address, whose administrators were told, and each case is told in order."""

import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dossier.webhooks.actions import sending
from dossier.webhooks.jobs import look_after
from tests.faults.harness import TABLE, Row
from tests.faults.hostile import BEFORE_GONE, HEARTBEAT, KINDS
from tests.webhooks.receivers import Sender
from tests.world import Api, World, working_world

DELIVERIES = int(os.environ.get("DOSSIER_DELIVERIES", "600"))  # a hundred thousand take an hour and more
EACH = 1 if DELIVERIES < 5000 else 5  # addresses of a kind
VERSIONS = 3  # of a case
STEPS = (6, 34, 140, 700, 3700, 3700, 12_000, 31_900, 79_500, 171_000)  # seconds: a little more than a try waits

MOST_SECONDS = 120 + DELIVERIES // 10  # that all that is due at a time may take

pytestmark = [pytest.mark.long, pytest.mark.timeout(600 + DELIVERIES // 5)]


@dataclass
class Came:
    """A call that a receiver had."""

    address: str
    id: str
    case: str
    version: int
    status: int

    @property
    def kind(self) -> str:
        return self.address.split("/")[1]


@dataclass
class Hostiles:
    """The receivers, and what came to them."""

    url: str
    file: Path

    def came(self) -> list[Came]:
        lines = (each.split() for each in self.file.read_text().splitlines())
        return [Came(address, id, case, int(version), int(status)) for address, id, case, version, status in lines]


@contextmanager
def receiving(folder: Path) -> Iterator[Hostiles]:
    file = folder / "calls"
    command = [sys.executable, "-m", "tests.faults.hostile", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Hostiles(f"http://127.0.0.1:{int(process.stdout.readline())}", file)
        finally:
            process.terminate()


@pytest.fixture
def alone(fresh_database_url: str) -> Iterator[World]:
    with working_world(fresh_database_url) as world:
        yield world


def subscribe(api: Api, there: Hostiles) -> None:
    """Webhooks of every kind."""
    for kind in KINDS:
        for number in range(EACH):
            api.json("POST", "/v1/webhooks", 201, json={"url": f"{there.url}/{kind}/{number}", "events": ["case.*"]})


def write(api: Api) -> int:
    """As many versions of cases as it takes; how many."""
    cases = -(-DELIVERIES // (len(KINDS) * EACH * VERSIONS))
    for number in range(cases):
        case = api.json("POST", "/v1/cases", json={"title": f"Case {number}"})["id"]
        for version in range(1, VERSIONS):
            api.json("PATCH", f"/v1/cases/{case}", json={"title": f"Case {number}, {version}"})
    return cases * VERSIONS


def pending(url: str) -> int:
    with psycopg.connect(url) as owner:
        row = owner.execute("SELECT count(*) FROM webhook_deliveries WHERE status = 'pending'").fetchone()
        assert row
        return int(row[0])


def all_that_is_due(world: World, sender: Sender, url: str) -> None:
    """By this process and by the server's own deliverer, whose calls leave ours nothing to do."""
    due = "SELECT count(*) FROM webhook_deliveries WHERE status = 'pending' AND next_at <= %s"
    until = time.monotonic() + MOST_SECONDS
    with psycopg.connect(url, autocommit=True) as owner:
        while True:
            sender.all(seconds=MOST_SECONDS)
            row = owner.execute(due, (world.clock(),)).fetchone()
            if row == (0,):
                return
            assert time.monotonic() < until, f"{row} are due"


def run_to_the_end(world: World, api: Api, url: str) -> tuple[int, int]:
    """Hour after hour, until nothing waits: the seconds that have passed by then, and what was written meanwhile."""
    sender, passed, beats = Sender(world), 0, 1
    alive = api.json("POST", "/v1/cases", json={"title": HEARTBEAT})["id"]
    all_that_is_due(world, sender, url)
    for step in STEPS * VERSIONS:
        if not pending(url):
            break
        world.clock.forward(seconds=step)
        passed += step
        beats += 1
        api.json("PATCH", f"/v1/cases/{alive}", json={"title": f"{HEARTBEAT} {beats}"})
        all_that_is_due(world, sender, url)
        world.server.run(look_after(world.services), 60)
    return passed, beats


def states(url: str) -> dict[str, Counter[str]]:
    """Kind of receiver → how many deliveries are in which state."""
    query = """SELECT split_part(w.url, '/', 4), d.status, count(*) FROM webhook_deliveries d
               JOIN webhooks w ON w.workspace_id = d.workspace_id AND w.id = d.webhook_id GROUP BY 1, 2"""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with psycopg.connect(url) as owner:
        for kind, status, count in owner.execute(query):
            found[kind][status] = count
    return found


def hold_order(came: list[Came]) -> None:
    """Nothing of a case came before what it followed had been taken or given up."""
    newest: dict[tuple[str, str], int] = {}
    for each in came:
        line = (each.address, each.case)
        assert each.version >= newest.get(line, 0), "something later came before"
        newest[line] = each.version


def hold_ends(found: dict[str, Counter[str]], came: list[Came], versions: int, beats: int) -> None:
    """Each kind ended as it must; those that are switched off are told nothing more."""
    all_of_kind = (versions + beats) * EACH
    for kind in ("good", "huge", "busy", "hangs"):
        assert found[kind] == {"delivered": all_of_kind}, kind
    for kind in ("fails", "moves", "breaks"):
        hopeless = {(each.address, each.id) for each in came if each.kind == kind and each.status not in (204, 0)}
        hopeless -= {(each.address, each.id) for each in came if each.status == 204}
        assert found[kind] == {"delivered": all_of_kind - len(hopeless), "dead": len(hopeless)}, kind
    assert found["gone"]["delivered"] == BEFORE_GONE * EACH
    for kind in ("down", "silent", "gone"):
        assert set(found[kind]) <= {"delivered", "cancelled", "dead"}
        assert kind == "gone" or not found[kind]["delivered"]
        assert kind == "gone" or sum(found[kind].values()) >= versions * EACH


def hold_addresses(api: Api) -> None:
    """Those that took nothing are switched off, and it is said why."""
    reasons = defaultdict(set)
    for each in api.json("GET", "/v1/webhooks", params={"page[size]": "100"})["data"]:
        reasons[each["url"].split("/")[3]].add(each["disabled_reason"])
    off = {"down": {"failing"}, "silent": {"failing"}, "gone": {"gone"}}
    assert reasons == {kind: off.get(kind, {None}) for kind in KINDS}


def test_whatever_receivers_do_each_delivery_ends(
    alone: World, fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[18] All are delivered, or kept as given up, to be sent again by hand; no redirect is followed."""
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    with receiving(tmp_path) as there:
        api: Any = alone.client(alone.token(alone.workspace()))
        subscribe(api, there)
        versions, began = write(api), time.monotonic()
        passed, beats = run_to_the_end(alone, api, fresh_database_url)
        took, found, came = time.monotonic() - began, states(fresh_database_url), there.came()
    hold_order(came)
    hold_ends(found, came, versions, beats)
    hold_addresses(api)
    assert not [each for each in came if each.id == "trapped"]
    ends = sum(found.values(), Counter())
    note = f"{len(came)} calls in {passed / 3600:.0f} hours; " + ", ".join(f"{n} {s}" for s, n in sorted(ends.items()))
    TABLE["hostile receivers"] = Row([took], sum(ends.values()), note)
