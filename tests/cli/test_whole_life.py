"""Servers from start to end: they drain, share their work, are killed in the middle of it, and end while pages listen."""

import contextlib
import os
import signal
import threading
import time

import httpx
import psutil
import pytest

from tests.cli.served import CERTIFICATES, Server, server, until
from tests.many import MANY, left_to_ci

pytestmark = pytest.mark.long
KILLS = 20 if MANY else 2  # of the server and its database, and of the server alone


@left_to_ci("waits for the four seconds that a server drains", "cli/test_stopping.py::test_a_stop_resets_nobody")
def test_it_drains_before_it_stops() -> None:
    with server() as one:
        one.start("--demo", DOSSIER_DRAIN_SECONDS="4")
        postmaster = one.postmaster()
        ender = threading.Thread(target=one.end)
        ender.start()
        until(lambda: one.get("/readyz").status_code == 503)
        with one.client() as client:
            assert client.get("/v1/cases").status_code == 200, "it still answers while it drains"
        ender.join()
        assert not psutil.pid_exists(postmaster)


@left_to_ci("kills a server and starts it again, round after round")
def test_kill_9_in_the_middle_of_updates_loses_nothing() -> None:
    """Every acknowledged update is there with its history, none is half there, and the next start needs no help."""
    with server() as one:
        one.start("--demo")
        acknowledged = 0
        for round_ in range(KILLS):
            victims = [one.process.pid] if round_ % 2 else [one.process.pid, one.postmaster()]  # type: ignore[union-attr]
            acknowledged = _update_until_killed(one, acknowledged, victims)
            one.process.communicate()  # type: ignore[union-attr]
            one.start()
            assert "demo-token" not in one.said
        assert acknowledged > KILLS


def _update_until_killed(one: Server, start: int, victims: list[int]) -> int:
    with one.client() as client:
        case = client.get("/v1/cases?sort=created_at").json()["data"][0]["id"]
        before = _kept(client, case)
        assert before >= start, f"{start} was acknowledged, {before} is there"
        killer = threading.Timer(0.15 + start % 7 / 50, lambda: [os.kill(pid, signal.SIGKILL) for pid in victims])
        number = before
        try:
            while True:
                number += 1
                if number == before + 3:  # some of them are acknowledged, however slow the machine is
                    killer.start()
                data = {"mileage": number, "claimed": number}
                if client.post(f"/v1/cases/{case}/data", json={"data": data}).status_code != 200:
                    break
        except httpx.HTTPError:
            pass
        killer.join()
    return number - 1


def _kept(client: httpx.Client, case: str) -> int:
    """The last update that is there: both values of it, and its entry in the history."""
    found = {field["key"]: field["value"] for field in client.get(f"/v1/cases/{case}").json()["schema"]}
    if found["claimed"] is None:
        return 0
    assert found["mileage"] == found["claimed"]
    entries = client.get(f"/v1/cases/{case}/history?page[size]=5").json()["data"]
    newest = next(entry for entry in entries if "mileage" in entry["changes"])
    assert newest["changes"]["mileage"]["new"] == newest["changes"]["claimed"]["new"] == found["mileage"]
    return int(found["mileage"])


@left_to_ci("waits until servers of several workers have stopped", "cli/test_stopping.py::test_a_stop_resets_nobody")
@pytest.mark.parametrize("workers", ["2", *(["1"] if MANY else [])])
def test_a_page_that_listens_does_not_keep_it_from_stopping(workers: str) -> None:
    """An open stream of events ends with the server; what one process changes, another one's pages hear, and each answers all."""
    with server() as one:
        one.start("--demo", "--workers", workers)
        until((one.folder / "demo-link").exists)
        until(lambda: "/sign-in/link/" in (one.folder / "demo-link").read_text())
        link = (one.folder / "demo-link").read_text().strip()
        until(lambda: is_ready(one))
        events: list[str] = []
        with httpx.Client(base_url=one.url, follow_redirects=True, timeout=30, verify=CERTIFICATES) as browser:
            browser.post(link)
            listening = threading.Thread(target=_listen, args=(browser, events), daemon=True)
            listening.start()
            until(lambda: "open" in events)
            with one.client() as client:
                for number in range(8):  # some of them at the other worker
                    client.post("/v1/cases", json={"title": f"Case {number}"}).raise_for_status()
                assert {client.get("/v1/cases").status_code for _ in range(20)} == {200}
                assert "dossier_request_seconds" in client.get("/metrics").text
            until(lambda: "event: changed" in events)
            began = time.monotonic()
            assert one.end() == 0
            assert time.monotonic() - began < 25, "not the thirty seconds that an answer may take"
            listening.join(5)
            assert "closed" in events


def is_ready(one: Server) -> bool:
    """A worker that is not there yet answers nothing."""
    with contextlib.suppress(httpx.HTTPError):
        return one.get("/readyz").status_code == 200
    return False


def _listen(browser: httpx.Client, events: list[str]) -> None:
    with contextlib.suppress(httpx.HTTPError), browser.stream("GET", "/workspace/cases/live", timeout=60) as answer:
        events.append("open")
        events.extend(answer.iter_lines())
    events.append("closed")
