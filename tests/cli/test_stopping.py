"""A server that stops resets nobody, one whose loop is stuck ends by itself, and one whose supervisor dies frees its port."""

import contextlib
import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.cli import warm
from tests.cli.served import CERTIFICATES, Server, server, until
from tests.many import MANY, left_to_ci

pytestmark = pytest.mark.long
LEAST = 1000 if MANY else 200  # requests before a stop; those that count come while it stops
STOPS = [("1", "0"), *([("2", "0")] if MANY else [])]


class Load:
    """Clients of both kinds, until they are told to end: what each request came to, by kind."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname or "", parts.port or 0)
        self.found: Counter[str] = Counter()
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=each) for each in [self._new] * 3 + [self._kept] * 3]
        for each in self._threads:
            each.start()

    def _new(self) -> None:
        while not self._ending.is_set():
            try:
                self._ask(connection := http.client.HTTPConnection(*self.address, timeout=30))
                connection.close()
                self.found["new"] += 1
            except ConnectionRefusedError:
                time.sleep(0.05)  # nobody listens, as it must be
            except (OSError, http.client.HTTPException) as error:
                self.found[f"new, {type(error).__name__}"] += 1

    def _kept(self) -> None:
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        while not self._ending.is_set():
            try:
                told = self._ask(connection)
                self.found["kept"] += 1
                if told:
                    self.found["told"] += 1
                    connection.close()
            except ConnectionRefusedError:
                connection.close()  # or it takes no other request
                time.sleep(0.05)
            except (OSError, http.client.HTTPException) as error:
                self.found[f"kept, {type(error).__name__}"] += 1
                connection.close()

    @staticmethod
    def _ask(connection: http.client.HTTPConnection) -> bool:
        """Whether the answer says that the connection ends."""
        connection.request("GET", "/livez")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        return answer.getheader("connection") == "close"

    def end(self) -> Counter[str]:
        self._ending.set()
        for each in self._threads:
            each.join()
        return self.found


@pytest.mark.parametrize(("workers", "drain"), STOPS)
def test_a_stop_resets_nobody(workers: str, drain: str) -> None:
    """[R13] Whoever has come is answered, who keeps a connection is told that it ends, and it ends with 0."""
    with server() as one:
        one.start("--workers", workers, DOSSIER_DRAIN_SECONDS=drain, DOSSIER_LOG_REQUESTS="false")
        _stop_under_load(one)


def _stop_under_load(one: Server) -> None:
    until(lambda: answers(one))
    load = Load(one.url)
    until(lambda: load.found["new"] + load.found["kept"] > LEAST, 60)
    assert one.end() == 0
    found = load.end()
    assert set(found) == {"new", "kept", "told"}, found


def answers(one: Server) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return not Load._ask(http.client.HTTPConnection(*Load_address(one), timeout=5))
    return False


def Load_address(one: Server) -> tuple[str, int]:  # noqa: N802
    parts = urlsplit(one.url)
    return parts.hostname or "", parts.port or 0


@left_to_ci(
    "waits for worker processes that take seven seconds to begin", "cli/test_stopping.py::test_a_stop_resets_nobody"
)
def test_worker_processes_that_begin_slowly_begin_and_reset_nobody_in_the_end(tmp_path: Path) -> None:
    """[R1 R13] On a machine that has much else to do: after five seconds without an answer they were ended, and begun again, for ever."""
    slow = "import sys, time\nif 'spawn_main' in str(sys.orig_argv): time.sleep(7)\n"
    (tmp_path / "sitecustomize.py").write_text(slow)
    with server() as one:
        slowly = {"PYTHONPATH": str(tmp_path), warm.FROM_NOTHING: "1"}
        one.start("--workers", "2", **slowly, DOSSIER_DRAIN_SECONDS="1", DOSSIER_LOG_REQUESTS="false")
        until(lambda: len(_workers(one)) == 2)
        first = _workers(one)
        until(lambda: _is_ready(one))
        assert _workers(one) == first
        _stop_under_load(one)


def _workers(one: Server) -> set[int]:
    assert one.process
    children = psutil.Process(one.process.pid).children()
    return {each.pid for each in children if "spawn_main" in " ".join(each.cmdline())}


def _is_ready(one: Server) -> bool:
    try:
        return httpx.get(one.url + "/readyz", timeout=2, verify=CERTIFICATES).status_code == 200
    except httpx.HTTPError:
        return False


@left_to_ci("kills a supervisor with its workers, and starts again")
def test_workers_end_with_their_supervisor() -> None:
    """[R13] kill -9 of it: the port is free at once, and the next start needs no help."""
    with server() as one:
        one.start("--workers", "2")
        until(lambda: answers(one))
        workers = [each for each in psutil.Process(one.process.pid).children() if "postgres" not in each.name()]  # type: ignore[union-attr]
        assert len(workers) >= 2
        one.process.kill()  # type: ignore[union-attr]
        one.process.communicate()  # type: ignore[union-attr]
        _, alive = psutil.wait_procs(workers, 15)
        assert alive == []
        with socket.create_server(Load_address(one), reuse_port=False):
            pass
        one.start(PORT=str(Load_address(one)[1]))


STUCK = """
import asyncio, decimal, os, signal, threading, time
from dossier.foundation.watchdog import Watchdog

async def main():
    Watchdog(1).start()
    print("up", flush=True)
    await asyncio.sleep(1.5)
    {work}
    print("over", flush=True)

def secretly(personal_value):
    {how}

asyncio.run(main())
"""


@left_to_ci("waits three times until a loop has stood still for too long")
@pytest.mark.parametrize(
    "how",
    [
        "while True: pass",
        "time.sleep(60)",
        "__import__('re').match('(a+)+$', 'a' * 40 + '!')",  # holds the interpreter: no other thread runs
    ],
)
def test_a_loop_that_does_not_turn_ends_the_process(how: str) -> None:
    """[S2] Waiting, computing, or computing where no other thread can run: it ends, not well, with its stack in the log."""
    script = STUCK.format(work="secretly('a personal value')", how=how)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == -signal.SIGVTALRM
    assert time.monotonic() - began < 25
    assert (done.stdout, "in secretly" in done.stderr) == ("up\n", True)
    assert "a personal value" not in done.stderr


@left_to_ci("stands still for longer than a loop may")
def test_a_process_that_was_stopped_goes_on() -> None:
    """[S2] SIGSTOP, a debugger, or a machine that slept is no loop that hangs."""
    script = STUCK.format(work="await asyncio.sleep(2)", how="pass")
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGSTOP)
    time.sleep(3)  # longer than the limit: this is what is tried
    process.send_signal(signal.SIGCONT)
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "over\n")


def test_the_containers_health_check_follows_the_port() -> None:
    """[R18] And the unit lets the server have as many descriptors as it needs."""
    check = re.search(r"HEALTHCHECK .*", open("deploy/Containerfile").read())  # noqa: SIM115, PTH123
    assert check
    assert "PORT" in check[0]
    assert "8000" not in check[0]
    assert "LimitNOFILE=65536" in open("deploy/dossier.service").read()  # noqa: SIM115, PTH123
