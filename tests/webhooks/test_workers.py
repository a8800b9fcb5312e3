"""Several processes send, and are killed: everything that was kept is told, at least once, in the order of each case, with ids that make repeats harmless."""

import os
import random
import signal
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psutil
import pytest

from tests.cli.served import Server, data_folder, until
from tests.webhooks.receivers import Receiver, receiving

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

MANY = bool(os.environ.get("DOSSIER_MANY"))
CHANGES, CASES, KILLS = (10_000, 50, 10) if MANY else (120, 6, 1)
FIELDS = [{"key": "number", "type": "number", "name": "Number"}]


@pytest.fixture
def server() -> Iterator[Server]:
    with data_folder() as folder:
        one = Server(folder)
        one.start("--demo", "--workers", "2", DOSSIER_OUTBOUND_ALLOW="127.0.0.1/32", DOSSIER_LOG_REQUESTS="false")
        assert one.process
        threading.Thread(
            target=deque, args=(one.process.stderr, 0), daemon=True
        ).start()  # or it waits for room in the pipe
        try:
            yield one
        finally:
            if one.process and one.process.poll() is None:
                one.end()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def workers(one: Server) -> list[psutil.Process]:
    assert one.process
    found = psutil.Process(one.process.pid).children()
    return [each for each in found if "spawn_main" in " ".join(each.cmdline())]


def test_everything_is_told_although_processes_are_killed(server: Server, receiver: Receiver) -> None:
    """At least once, of each case in order, and nothing that was not kept."""
    kept: dict[str, list[int]] = defaultdict(list)
    with server.client() as api:
        template = api.post("/v1/case_templates", json={"title": "T", "schema": FIELDS}).raise_for_status().json()["id"]
        cases = [
            api.post("/v1/cases", json={"title": "A", "template": {"id": template}}).raise_for_status().json()["id"]
            for _ in range(CASES)
        ]
        body = {"url": receiver.url, "events": ["case.data_changed"]}
        webhook = api.post("/v1/webhooks", json=body).raise_for_status().json()["id"]
        kills = set(random.Random(1).sample(range(10, CHANGES - 10), KILLS))
        for number in range(CHANGES):
            if number in kills:
                random.Random(number).choice(workers(server)).send_signal(signal.SIGKILL)
            case = cases[number % CASES]
            with suppress(httpx.HTTPError):
                api.post(f"/v1/cases/{case}/data", json={"data": {"number": number}})
        for case in cases:
            until(lambda case=case: (found := history(api, case)) and kept.update({case: found}) is None)
        until(lambda: pending(api, webhook) == 0, 300)
    told: dict[str, list[int]] = defaultdict(list)
    ids: dict[str, bytes] = {}
    for call in receiver.calls:
        event = call.event
        assert ids.setdefault(event["id"], call.body) == call.body, "a repeat is the same"
        value = int(event["data"]["changes"]["data.number"]["new"])
        if value not in told[event["data"]["case"]["id"]]:
            told[event["data"]["case"]["id"]].append(value)
    assert told == kept
    print(f"{sum(map(len, kept.values()))} changes kept, {len(receiver.calls)} calls, {KILLS} kills")  # noqa: T201


def history(api: httpx.Client, case: str) -> list[int]:
    """The numbers that were kept, the oldest first; nothing while the server does not answer."""
    found: list[int] = []
    with suppress(httpx.HTTPError):
        for page in range(1, 1 + -(-(CHANGES // CASES + 2) // 100)):
            query = {"page[size]": "100", "page[number]": str(page)}
            rows = api.get(f"/v1/cases/{case}/history", params=query).raise_for_status().json()["data"]
            found += [int(row["changes"]["data.number"]["new"]) for row in rows if "data.number" in row["changes"]]
        return found[::-1]
    return []


def pending(api: httpx.Client, webhook: str) -> int | None:
    """How many wait; what is not given out yet does not count, so it is asked twice."""
    with suppress(httpx.HTTPError):
        first = api.get(f"/v1/webhooks/{webhook}").raise_for_status().json()["pending"]
        time.sleep(1.5)
        return int(first or api.get(f"/v1/webhooks/{webhook}").raise_for_status().json()["pending"])
    return None
