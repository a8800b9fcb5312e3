"""Readiness, metrics and the doctor tell the same truth: each fault is made, and makes the right check red in all three."""

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import psycopg
import pytest

from dossier.cli import keys
from dossier.cli.connection import settings
from dossier.cli.doctor import findings
from dossier.foundation import health, signs
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.foundation.health import proxy_check
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import LANES
from dossier.foundation.messages import Message
from dossier.foundation.outgoing import NotTaken, Outgoing
from dossier.foundation.scanner import Scanner
from dossier.foundation.services import HealthLimits, Services, Writing
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import RunningServer, serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.cli.served import until
from tests.many import MANY, left_to_ci
from tests.world import CERTIFICATES, World

pytestmark = pytest.mark.long

KEY, OTHER_KEY = "k" * 40, "o" * 40
WARNS = {"jobs failed", "search", "events", "backup", "proxy", "scanner", "mail"}


@dataclass
class Served:
    """A server that works, what it is made of, and the three who say how it is."""

    url: str
    server: RunningServer
    database: Database
    clock: MovableClock
    services: Services
    folder: Path
    left: list[Any] = field(default_factory=list)

    def sql(self, query: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def page(self) -> dict[str, str]:
        found = httpx.get(f"{self.server.url}/readyz?verbose", timeout=5, verify=CERTIFICATES).json()["checks"]
        return {name: each["verdict"] for name, each in found.items()}

    def metrics(self) -> dict[str, str]:
        text = httpx.get(f"{self.server.url}/metrics", timeout=5, verify=CERTIFICATES).text
        return dict(re.findall(r'dossier_check\{name="([^"]+)"\} (\S+)', text))

    def doctor(self, **more: str) -> dict[str, str]:
        given = {"DATABASE_URL": self.url, "DOSSIER_DATA_DIR": str(self.folder), "DOSSIER_SECRET_KEY": KEY} | more
        settings.cache_clear()
        with patch.dict(os.environ, given):
            found = findings()
        settings.cache_clear()
        return {each.about: each.verdict for each in found}

    def is_red(self, name: str, verdict: str = "fail", **more: str) -> bool:
        return (self.page().get(name), self.metrics().get(name), self.doctor(**more).get(name)) == (
            verdict,
            "0.0",
            verdict,
        )

    def is_well(self, *names: str) -> bool:
        page, metrics, doctor = self.page(), self.metrics(), self.doctor()
        well = ("ok", "1.0", "ok")
        return all((page.get(each), metrics.get(each), doctor.get(each)) == well for each in names or page)

    def kill(self, task: str) -> None:
        """End a supervised task for good, its supervisor with it."""
        [found] = [each for each in self.services.process.tasks if each.name == task]

        async def end() -> None:
            assert found.running
            found.running.cancel()
            await asyncio.wait({found.running})

        self.server.run(end())


@contextmanager
def served(url: str, folder: Path, key: str = KEY) -> Iterator[Served]:
    clock = MovableClock()
    database = database_on(url, 3, clock=clock)
    services = Services(database, Cipher(key), health_limits=HealthLimits(folder, free_mb=1))
    with serving(create(services)) as server:
        yield Served(url, server, database, clock, services, folder)


@pytest.fixture
def running(fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(signs, "EVERY", 0.1)
    with served(fresh_database_url, tmp_path) as one:
        until(one.is_well)
        yield one


def silent(one: Served) -> None:
    """Another server process that went without a goodbye."""
    one.sql("INSERT INTO server_signs SELECT gen_random_uuid(), 'elsewhere:1', now() - interval '40 seconds', '[]'")


def backed_up_long_ago(one: Served) -> None:
    one.sql("INSERT INTO backups (at, bytes) VALUES (now() - interval '9 days', 1)")


def waiting(one: Served) -> None:
    """A job that nobody takes: of a lane that has no worker."""
    one.sql("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('elsewhere', 'cases.fold_counts')")
    one.sql("UPDATE procrastinate_events SET at = now() - interval '10 minutes'")


def stuck(one: Served) -> None:
    """A job that a living worker began, and that does not end."""
    [(job,)] = one.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
        " SELECT 'default', 'cases.fold_counts', 'doing', max(id) FROM procrastinate_workers RETURNING id"
    )
    begun = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', now() - interval '40 minutes')"
    one.sql(begun, job)
    one.sql("UPDATE procrastinate_events SET at = now() - interval '40 minutes' WHERE job_id = %s", job)


def failed(one: Served) -> None:
    one.sql("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'failed')")


def lagging(one: Served) -> None:
    """A change that no worker was asked to take into the search."""
    [(workspace,)] = one.sql(
        "INSERT INTO workspaces (id, slug, name, created_at) VALUES (%s, 'late', 'Late', now()) RETURNING id", new_id()
    )
    one.sql(
        "INSERT INTO search_queue (workspace_id, case_id, at) VALUES (%s, %s, now() - interval '10 minutes')",
        workspace,
        new_id(),
    )


def writing(one: Served) -> None:
    """Somebody writes, and does not end."""
    writer = psycopg.connect(one.url)
    writer.execute("SELECT pg_current_xact_id()")
    one.left.append(writer)


class Away:
    """A mail server that does not answer."""

    sender = "dossier@example.org"

    async def says(self) -> str:
        raise NotTaken(Message("There is no mail server."))


FAULTS: dict[str, tuple[str, Callable[[Served], None]]] = {
    "worker dead": ("jobs: default", lambda one: one.kill("jobs: default")),
    "search worker dead": ("jobs: search", lambda one: one.kill("jobs: search")),
    "bulk worker dead": ("jobs: bulk", lambda one: one.kill("jobs: bulk")),
    "rescuer dead": ("jobs: rescue", lambda one: one.kill("jobs: rescue")),
    "sender dead": ("live: sender", lambda one: one.kill("live: sender")),
    "listener dead": ("live: listener", lambda one: one.kill("live: listener")),
    "job waiting": ("jobs waiting", waiting),
    "job stuck": ("jobs stuck", stuck),
    "job failed": ("jobs failed", failed),
    "newer schema": ("schema", lambda one: one.sql("UPDATE alembic_version SET version_num = '9999_future'")),
    "clock ahead": ("clock", lambda one: one.clock.forward(hours=1)),
    "clock back": ("clock", lambda one: one.clock.forward(hours=-1)),
    "backup old": ("backup", backed_up_long_ago),
    "no backup": ("backup", lambda one: one.sql("UPDATE key_checks SET since = now() - interval '9 days'")),
    "search lags": ("search", lagging),
    "scanner away": (
        "scanner",
        lambda one: object.__setattr__(one.services, "scanner", Scanner("unix:/nowhere/clamd")),
    ),
    "another process silent": ("server", silent),
    "somebody writes for ever": ("events", writing),
}


TOGETHER = (  # one server has them one after the other, and nothing may be red before its fault is made
    ("job waiting", "job stuck", "job failed", "search lags", "somebody writes for ever", "sender dead", "worker dead"),
    ("no backup", "another process silent", "scanner away", "clock ahead", "newer schema"),
    ("backup old", "clock back"),
)
LIKE_ANOTHER = tuple((each,) for each in FAULTS if not any(each in group for group in TOGETHER))
"""Another task is dead, and seen in the same way."""


@pytest.mark.parametrize("faults", TOGETHER + (LIKE_ANOTHER if MANY else ()), ids=" then ".join)
def test_a_fault_is_red_for_all_who_look(
    running: Served, faults: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """[R1 R3 R4 R6 R17] And nothing but the database's end takes the server out of service."""
    monkeypatch.setattr(health, "MAX_WRITING", 0.5)
    for fault in faults:
        name, make = FAULTS[fault]
        verdict = "warn" if name in {*WARNS, "server"} else "fail"
        assert running.page().get(name) != verdict, fault
        make(running)
        until(partial(running.is_red, name, verdict))
        assert httpx.get(f"{running.server.url}/readyz", timeout=5, verify=CERTIFICATES).status_code == 200


def test_a_mail_server_that_is_away_is_noticed(running: Served) -> None:
    """[18] By those who look at the server; the doctor asks the mail server itself."""
    object.__setattr__(running.services, "outgoing", Outgoing(mail=Away()))  # type: ignore[arg-type]
    until(lambda: (running.page()["mail"], running.metrics()["mail"]) == ("warn", "0.0"))
    assert httpx.get(f"{running.server.url}/readyz", timeout=5, verify=CERTIFICATES).status_code == 200


def test_whoever_writes_for_long_is_seen_also_where_it_is_hidden_who_it_is() -> None:
    """[18] A role sees of others not since when they write; how long the oldest has been the oldest it sees."""
    writing = Writing()
    assert (writing.seconds("7"), writing.seconds(None)) == (pytest.approx(0, abs=0.1), 0.0)
    writing.seconds("8")
    writing.since -= 70
    assert writing.seconds("8") >= 70
    assert writing.seconds("9") < 1


def test_all_workers_dead(running: Served) -> None:
    """[R1] No worker gives a sign of life."""
    for lane in LANES:
        running.kill(f"jobs: {lane.name}")
    running.sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    until(lambda: running.is_red("worker"))


@left_to_ci("waits until every check has given the database up, and found it again")
def test_the_database_is_gone(running: Served, database_url: str) -> None:
    """[R2 R10] 503, and every reader says so, in time; what it does not know, it does not call well."""
    name = psycopg.conninfo.conninfo_to_dict(running.url)["dbname"]
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            until(lambda: httpx.get(f"{running.server.url}/readyz", timeout=5, verify=CERTIFICATES).status_code == 503)
            until(lambda: running.is_red("database"))
            assert running.metrics()["jobs failed"] == "NaN"
        finally:
            other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
    until(running.is_well)


def test_the_disk_is_nearly_full(running: Served) -> None:
    """[R18] Measured against what the operator asks to keep free."""
    object.__setattr__(running.services.health_limits, "free_mb", 10**9)
    until(lambda: running.is_red("disk", DOSSIER_DISK_FREE_MB=str(10**9)))


@left_to_ci("starts two servers one after the other")
def test_the_key_is_another_or_missing(
    fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[R12] As after a restore: the database remembers under which key it was used."""
    monkeypatch.setattr(signs, "EVERY", 0.1)
    with served(fresh_database_url, tmp_path) as first:
        until(first.is_well)
        look = first.doctor
    assert look(DOSSIER_SECRET_KEY=OTHER_KEY)["key"] == "fail"
    assert look(DOSSIER_SECRET_KEY="")["key"] == "fail"
    assert look()["key"] == "ok"
    with served(fresh_database_url, tmp_path, OTHER_KEY) as second:
        until(lambda: second.is_red("key"))
        settings.cache_clear()
        with patch.dict(os.environ, {"DATABASE_URL": fresh_database_url, "DOSSIER_SECRET_KEY": OTHER_KEY}):
            keys.accept()
        until(lambda: second.is_well("key"))


def test_the_doctor_knows_whether_a_server_runs(
    fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[R3] A stopped server is no fault; one that went without a goodbye is."""
    monkeypatch.setattr(signs, "EVERY", 0.1)
    with served(fresh_database_url, tmp_path) as one:
        until(one.is_well)
    found = one.doctor()
    assert (found["server"], found.get("worker")) == ("hint", None)
    silent(one)
    assert one.doctor()["server"] == "fail"


def test_a_proxy_that_nobody_named_is_noticed(world: World) -> None:
    """[S8] Behind it all people are one client, whom one stranger locks out; a single forger is no proxy."""
    services = Services(world.database, works_on_jobs=False)
    app = create(services)

    async def forwarded(*people: str) -> str:
        transport = httpx.ASGITransport(app, client=("192.0.2.254", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for each in people:
                await client.get("/livez", headers={"X-Forwarded-For": each})
        return proxy_check(services.process.proxies.found).verdict

    assert asyncio.run(forwarded("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")) == "ok"
    assert asyncio.run(forwarded("192.0.2.254, 192.0.2.9", "192.0.2.254")) == "ok", (
        "it was believed, and speaks for itself"
    )
    assert asyncio.run(forwarded("192.0.2.3, 198.51.100.7")) == "warn"
