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

DELIVERIES = int(
    os.environ.get("DOSSIER_DELIVERIES", "600")
)  # that end by themselves; a hundred thousand is what is asked for
EACH = 1 if DELIVERIES < 5000 else 5  # addresses of a kind
VERSIONS = 3  # of a case
HOPELESS = ("down", "silent", "gone")
"""They are told of one template's cases alone: each waits for as long as a call may take, ten times a case, or is switched off in the end."""
LASTING = [each for each in KINDS if each not in HOPELESS]
HOPELESS_CASES = 8
STEPS = (6, 34, 140, 700, 3700, 3700, 12_000, 31_900, 79_500, 171_000)  # seconds: a little more than a try waits

MOST_SECONDS = 120 + DELIVERIES // 10  # that all that is due at a time may take

pytestmark = [pytest.mark.long, pytest.mark.timeout(600 + DELIVERIES // 5)]


Owner = psycopg.Connection[Any]


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


def subscribe(api: Api, there: Hostiles) -> str:
    """Webhooks of every kind; the template of whose cases those are told that take nothing for good."""
    template = str(api.json("POST", "/v1/case_templates", 201, json={"title": "Told to all"})["id"])
    for kind in KINDS:
        only = {"templates": [template]} if kind in HOPELESS else {}
        for number in range(EACH):
            body = {"url": f"{there.url}/{kind}/{number}", "events": ["case.*"], **only}
            api.json("POST", "/v1/webhooks", 201, json=body)
    return template


def write(api: Api, template: str) -> int:
    """As many versions of cases as it takes; how many."""
    cases = max(HOPELESS_CASES, -(-DELIVERIES // (len(LASTING) * EACH * VERSIONS)))
    for number in range(cases):
        more = {"template": {"id": template}} if number < HOPELESS_CASES else {}
        case = api.json("POST", "/v1/cases", json={"title": f"Case {number}", **more})["id"]
        for version in range(1, VERSIONS):
            api.json("PATCH", f"/v1/cases/{case}", json={"title": f"Case {number}, {version}"})
    return cases * VERSIONS


_OPEN = """
SELECT (SELECT position < %(kept)s FROM webhook_progress)
  OR EXISTS (SELECT FROM webhook_deliveries WHERE status = 'pending' AND next_at <= %(now)s)
"""


def pending(owner: Owner) -> int:
    row = owner.execute("SELECT count(*) FROM webhook_deliveries WHERE status = 'pending'").fetchone()
    assert row
    return int(row[0])


def all_that_is_due(world: World, owner: Owner) -> None:
    """By the server's own deliverer: what was kept by now is given out, and what is due was tried."""
    until = time.monotonic() + MOST_SECONDS
    kept = owner.execute("SELECT commit_position()").fetchone()
    assert kept
    Sender(world).settled()
    while owner.execute(_OPEN, {"now": world.clock(), "kept": kept[0]}).fetchone() != (False,):
        assert time.monotonic() < until, "something is due still"
        time.sleep(0.1)


def run_to_the_end(world: World, api: Api, owner: Owner) -> tuple[int, int]:
    """Hour after hour, until nothing waits: the seconds that have passed by then, and what was written meanwhile."""
    passed, beats = 0, 1
    alive = api.json("POST", "/v1/cases", json={"title": HEARTBEAT})["id"]
    all_that_is_due(world, owner)
    for step in STEPS * (VERSIONS + 1):
        if not pending(owner):
            break
        world.clock.forward(seconds=step)
        passed += step
        beats += 1
        api.json("PATCH", f"/v1/cases/{alive}", json={"title": f"{HEARTBEAT} {beats}"})
        all_that_is_due(world, owner)
        world.server.run(look_after(world.services), 60)
    return passed, beats


def states(owner: Owner) -> dict[str, Counter[str]]:
    """Kind of receiver → how many deliveries are in which state."""
    query = """SELECT split_part(w.url, '/', 4), d.status, count(*) FROM webhook_deliveries d
               JOIN webhooks w ON w.workspace_id = d.workspace_id AND w.id = d.webhook_id GROUP BY 1, 2"""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
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
    """Each kind ended as it must: taken or given up, and called off only where the address was switched off."""
    all_of_kind = (versions + beats) * EACH
    for kind in ("good", "huge", "busy", "hangs"):
        assert found[kind] == {"delivered": all_of_kind}, kind
    for kind in ("fails", "moves", "breaks"):
        hopeless = {(each.address, each.id) for each in came if each.kind == kind and each.status not in (204, 0)}
        hopeless -= {(each.address, each.id) for each in came if each.status == 204}
        assert found[kind] == {"delivered": all_of_kind - len(hopeless), "dead": len(hopeless)}, kind
    assert sum(found[kind].total() for kind in LASTING) >= DELIVERIES
    assert (
        0 < found["gone"]["delivered"] <= BEFORE_GONE * EACH
    )  # on a busy machine some were taken too late, and came again
    for kind in HOPELESS:
        assert set(found[kind]) <= {"delivered", "cancelled", "dead"}
        assert kind == "gone" or not found[kind]["delivered"]
        assert kind == "gone" or found[kind].total() >= HOPELESS_CASES * VERSIONS * EACH


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
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    with receiving(tmp_path) as there, psycopg.connect(fresh_database_url, autocommit=True) as owner:
        api: Any = alone.client(alone.token(alone.workspace()))
        versions, began = write(api, subscribe(api, there)), time.monotonic()
        used = time.process_time()
        passed, beats = run_to_the_end(alone, api, owner)
        took, found, came = time.monotonic() - began, states(owner), there.came()
        used = time.process_time() - used
    hold_order(came)
    hold_ends(found, came, versions, beats)
    hold_addresses(api)
    assert not [each for each in came if each.id == "trapped"]
    ends = sum(found.values(), Counter())
    each_call = f"{used / len(came) * 1000:.1f} ms of a processor each"
    note = f"{len(came)} calls in {passed / 3600:.0f} hours, {each_call}; " + ", ".join(
        f"{n} {s}" for s, n in sorted(ends.items())
    )
    TABLE["hostile receivers"] = Row([took], sum(ends.values()), note)
