"""Writers that remember what was acknowledged, faults that are made beneath them, and what is held after each."""

import os
import signal
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from dossier.foundation.postgres import SERVING, connect_or_start
from tests.cli.served import CERTIFICATES, Server, until

MANY = bool(os.environ.get("DOSSIER_MANY"))
BACK = 15.0  # seconds within which everything works again
WRITERS, PAUSE = 6, 0.05  # seconds between two writes of one
FULL = 8.0  # seconds that there is no room: so long that whoever tries again has tried often
FREE_MB = 20  # that a small disk must have left to be well


@dataclass
class Row:
    """What came of a fault: how long each round took until all was well, what was acknowledged and what of it was lost."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: int = 0
    note: str = ""

    def shown(self, fault: str) -> str:
        if not self.seconds:
            return f"{fault:<28} {'–':>6}  {'–':<28} {self.note}"
        data = f"0 of {self.acknowledged} lost, 0 half"
        times = f"{statistics.median(self.seconds):5.1f} s, at most {max(self.seconds):.1f} s"
        return f"{fault:<28} {len(self.seconds):>6}  {data:<28} {'by itself':<10} {times} {self.note}"


TABLE: dict[str, Row] = {}
"""Of the test that runs; printed at the end of the run."""


class Faulty(Server):
    """A server that is broken on purpose, and started again by us only where a service manager would."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        super().__init__(folder)
        self.arguments = arguments

    def environment(self) -> dict[str, str]:
        return super().environment() | {"DOSSIER_LOG_REQUESTS": "false", "DOSSIER_DISK_FREE_MB": str(FREE_MB)}

    def begin_demo(self) -> None:
        self._drained("--demo", *self.arguments)

    def restart(self) -> None:
        self._drained(*self.arguments)

    def _drained(self, *arguments: str) -> None:
        """Somebody reads what it says, as a service manager does; else it would wait for room in the pipe."""
        self.start(*arguments, cold=True)
        assert self.process
        threading.Thread(target=deque, args=(self.process.stderr, 0), daemon=True).start()

    def end(self, sent: signal.Signals = signal.SIGTERM, seconds: float = 60) -> int:
        assert self.process
        self.process.send_signal(sent)
        return self.process.wait(seconds)

    def backends(self) -> list[psutil.Process]:
        """PostgreSQL's processes that serve us."""
        found = psutil.Process(self.postmaster()).children()
        return [each for each in found if f"{SERVING} dossier" in " ".join(_command(each))]

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests, of a server that has several."""
        assert self.process
        children = psutil.Process(self.process.pid).children()
        return [each for each in children if "spawn_main" in " ".join(_command(each))]


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def sql(one: Server, query: str, *values: Any) -> list[Any]:
    with (
        connect_or_start(one.folder, print) as cluster,
        psycopg.connect(cluster.conninfo, autocommit=True) as connection,
    ):
        cursor = connection.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def make(one: Server, title: str, seconds: float = BACK) -> str:
    """A case, made as soon as the server takes it again."""
    made: list[str] = []

    def create() -> bool:
        with suppress(httpx.HTTPError, OSError), one.client() as client:
            answer = client.post("/v1/cases", json={"title": title})
            made.extend([answer.json()["id"]] if answer.status_code == 200 else [])
        return bool(made)

    until(create, seconds)
    return made[0]


def checks(one: Server) -> Any:
    return httpx.get(f"{one.url}/readyz?verbose", timeout=5, verify=CERTIFICATES).json()


def works_again(one: Server, title: str, ended: float | None = None) -> float:
    """Requests, jobs (the search takes a case that is made now), and every check; how long it took since the fault ended."""
    began = ended or time.monotonic()
    case = make(one, title)
    words = "SELECT 1 FROM case_search s JOIN cases c ON c.workspace_id = s.workspace_id AND c.id = s.case_id AND c.version = s.version WHERE c.id = %s"

    def is_indexed() -> bool:
        with suppress(psycopg.OperationalError):  # a process of a killed PostgreSQL may have answered us
            return bool(sql(one, words, case))
        return False

    until(is_indexed, BACK)
    until(lambda: checks(one)["status"] == "ok", BACK)
    return time.monotonic() - began


@dataclass
class Storm:
    """Six writers: updates of two fields at once, and now and then a create under a key, repeated until it is answered."""

    one: Faulty
    cases: list[str] = field(default_factory=list)
    updates: list[tuple[str, int, str]] = field(default_factory=list)
    creates: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def blowing(self) -> Iterator["Storm"]:
        self.cases = [make(self.one, f"Case {number}") for number in range(4)]
        writers = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(WRITERS)]
        for each in writers:
            each.start()
        try:
            yield self
        finally:
            self.ending.set()
            for each in writers:
                each.join(60)

    def _write(self, number: int) -> None:
        count = 0
        while not self.ending.wait(PAUSE):
            count += 1
            text = f"{number}-{count}"
            if count % 20:
                self._update(self.cases[count % len(self.cases)], text)
            else:
                while not self.ending.is_set() and not self._create(text):
                    time.sleep(0.05)

    def _update(self, case: str, text: str) -> None:
        answer = self._ask("PATCH", f"/v1/cases/{case}", {"title": text, "description": text})
        if answer is not None and answer.status_code == 200:
            self.updates.append((case, int(answer.headers["etag"].strip('"')), text))

    def _create(self, text: str) -> bool:
        answer = self._ask("POST", "/v1/cases", {"title": f"made {text}"}, {"Idempotency-Key": f"key-{text}"})
        if answer is None or answer.status_code != 200:
            return False
        self.creates.append(f"made {text}")
        return True

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response | None:
        try:
            with self.one.client() as client:
                answer = client.request(method, path, json=body, headers=headers)
        except (httpx.HTTPError, OSError, TypeError):  # the last: it has no address while it starts
            time.sleep(0.05)
            return None
        if answer.status_code != 200:
            time.sleep(0.05)
        return answer

    def holds(self) -> int:
        """Every acknowledged write is there, none is half, none is doubled, no version is missing; how many there were."""
        updates, creates = list(self.updates), list(self.creates)
        query = "SELECT case_id, version, changes FROM case_events WHERE case_id = ANY(%s::uuid[])"
        kept = {(str(case), version): changes for case, version, changes in sql(self.one, query, self.cases)}
        lost = [each for each in updates if _new(kept.get(each[:2]), "title") != each[2]]
        assert lost == []
        halves = [
            each for each in kept.values() if "title" in each and _new(each, "title") != _new(each, "description")
        ]
        assert [each for each in halves if not str(_new(each, "title")).startswith("Case ")] == []
        gaps = "SELECT case_id FROM case_events GROUP BY case_id HAVING count(*) <> max(version)"
        assert sql(self.one, gaps) == []
        made = "SELECT title, count(*) FROM cases WHERE title LIKE 'made %%' GROUP BY title"
        counted = dict(sql(self.one, made))
        assert [each for each in creates if each not in counted] == []
        assert [title for title, count in counted.items() if count > 1] == []
        return len(updates) + len(creates)

    def survives(self, fault: str, hurt: Callable[[Faulty], float | None]) -> None:
        """One round: make the fault, then hold that all is well again in time and nothing was lost. `hurt` may say when it ended."""
        row = TABLE.setdefault(fault, Row())
        before = len(self.updates) + len(self.creates)
        until(lambda: len(self.updates) + len(self.creates) > before + 5, BACK)
        ended = hurt(self.one)
        took = works_again(self.one, f"After: {fault}", ended)
        row.seconds.append(took)
        row.acknowledged = self.holds() - before + row.acknowledged
        assert took < BACK, f"{fault}: {took:.1f} s"


def _new(changes: Any, name: str) -> Any:
    return (changes or {}).get(name, {}).get("new")


# ---- the faults ----


def kill_postmaster(one: Faulty) -> None:
    os.kill(one.postmaster(), signal.SIGKILL)


def kill_backend(one: Faulty) -> None:
    until(one.backends)
    one.backends()[0].kill()


def kill_server(one: Faulty) -> float:
    one.end(signal.SIGKILL)
    ended = time.monotonic()
    one.restart()
    return ended


def kill_both(one: Faulty) -> float:
    kill_postmaster(one)
    return kill_server(one)


def stop_fast(one: Faulty) -> None:
    os.kill(one.postmaster(), signal.SIGINT)


def stop_immediately(one: Faulty) -> None:
    os.kill(one.postmaster(), signal.SIGQUIT)


def kill_worker(one: Faulty) -> None:
    until(one.workers)
    one.workers()[0].kill()


def pause(seconds: float) -> Callable[[Faulty], None]:
    """PostgreSQL does not go on for so long: readiness says so in time."""

    def hurt(one: Faulty) -> None:
        postmaster = psutil.Process(one.postmaster())
        stopped = [postmaster, *postmaster.children(recursive=True)]
        for each in stopped:
            each.suspend()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                began = time.monotonic()
                assert httpx.get(f"{one.url}/readyz", timeout=5, verify=CERTIFICATES).status_code == 503
                assert time.monotonic() - began < 2
                time.sleep(0.5)
            assert checks(one)["checks"]["database"]["well"] is False
        finally:
            for each in stopped:
                each.resume()

    return hurt


@contextmanager
def no_room(one: Faulty) -> Iterator[None]:
    """The disk of the server's folder is full while the block runs, and not with a log that is as good as forgotten."""
    sql(one, "CHECKPOINT")
    ballast = one.folder.parent / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    try:
        yield
    finally:
        ballast.unlink()


def fill_disk(one: Faulty) -> None:
    """Until writes are refused with the reason, while reads go on."""
    with no_room(one):
        until(lambda: _write_status(one) in (507, 503))
        with one.client() as client:
            assert client.get("/v1/workspaces").status_code in (200, 503)  # the latter when PostgreSQL has ended
        until(lambda: checks(one)["checks"]["disk"]["well"] is False)


def fill_wal(one: Faulty) -> None:
    """Until PostgreSQL ends, for it can write no log, and does not come back while there is no room."""
    with no_room(one):
        before = one.postmaster()
        until(lambda: _is_gone(before) or _switch(one), 30)
        until(lambda: httpx.get(f"{one.url}/readyz", timeout=5, verify=CERTIFICATES).status_code == 503)
        time.sleep(FULL)


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _switch(one: Faulty) -> bool:
    with suppress(psycopg.Error, OSError):
        sql(one, "SELECT pg_switch_wal() FROM (SELECT pg_logical_emit_message(false, 'x', 'x')) AS x")
    return False


def _write_status(one: Faulty) -> int:
    with suppress(httpx.HTTPError, OSError), one.client() as client:
        return client.post("/v1/cases", json={"title": "Is there room?", "description": "x" * 2000}).status_code
    return 0
