"""The benchmark: everything in one run on one machine, so that only ratios are believed."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO

import psutil

from dossier.bench import world
from dossier.bench.load import Result
from dossier.foundation.postgres import SERVING, Cluster, binaries, served
from dossier.migrations import grant, migrate
from dossier.tokens.model import hashed

SMALL = 10_000  # cases that every measure but the growth of the lists is made on
MATCHES = 200  # cases that the filtered list finds, however many there are
CEILING = 3  # the load must be able to do that many times the result, else it measured itself
PAGES = 40  # times that a page is asked for, of which the median counts
_TOTAL = re.compile(r'id="total"[^>]*>\s*([^<]*?)\s*<')
PGBENCH = ("-M", "prepared", "-c", "16", "-j", "2", "-n")

Progress = Callable[[str], None]


@dataclass
class Report:
    """What was measured. Rates are a second, times are milliseconds, memory is MB (PSS)."""

    cases: int
    connections: int
    seconds: float
    workers: int
    baseline: float = 0
    ceiling: float = 0
    idle_mb: float = 0
    measures: dict[str, Result] = field(default_factory=dict)
    page_ms: dict[str, dict[int, float]] = field(default_factory=dict)
    app_ms: dict[str, dict[int, float]] = field(default_factory=dict)
    app_hits: dict[str, dict[int, str]] = field(default_factory=dict)  # as the page says it

    @property
    def updates(self) -> float:
        return self.measures["update"].per_second

    @property
    def ratio(self) -> float | None:
        """Updates over what pgbench does; None when the load was too slow to say."""
        return self.updates / self.baseline if self.ceiling >= CEILING * self.updates else None


def run(cases: int, seconds: float, connections: int, workers: int, progress: Progress) -> Report:
    """Measure on a temporary database of its own, with the settings of a served one."""
    report = Report(cases, connections, seconds, workers)
    with tempfile.TemporaryDirectory(prefix="dossier-bench-") as parent:
        folder = Path(parent)
        folder.chmod(0o711)  # PostgreSQL's account passes through when this runs as root
        with served(folder / "data", lambda _: None) as cluster:
            progress("Making a template and cases")
            migrate(cluster.conninfo, lambda _: None)
            grant(cluster.conninfo, SERVING)
            seeded = asyncio.run(world.seed(cluster.conninfo))
            world.seed_cases(cluster.conninfo, seeded, 1, SMALL, SMALL // MATCHES)
            asyncio.run(world.catch_up(cluster.conninfo))
            _rates(report, cluster, seeded, folder, progress)
            _growth(report, cluster, seeded, progress)
    return report


def _rates(report: Report, cluster: Cluster, seeded: world.Seeded, folder: Path, progress: Progress) -> None:
    requests: dict[str, Sequence[bytes]] = {
        "update": world.updates(seeded, SMALL),
        "get": world.gets(seeded, SMALL),
        "list": world.lists(seeded),
        "filtered list": world.filtered_lists(seeded),
    }
    with _server(cluster.serving_conninfo, report.workers) as (port, process):
        report.idle_mb = _memory(process, cluster)
        for name, prepared in requests.items():
            progress(f"Measuring {name}")
            _load(port, prepared, report, folder, seconds=min(2, report.seconds))  # warm up
            report.measures[name] = _load(port, prepared, report, folder)
    progress("Measuring pgbench on the same database")
    report.baseline = _pgbench(cluster, seeded, report.seconds)
    progress("Measuring the load generator's ceiling")
    report.ceiling = _ceiling(requests["update"], report, folder)


def _growth(report: Report, cluster: Cluster, seeded: world.Seeded, progress: Progress) -> None:
    """How long a page takes with few cases and with many, all of them searched; the filtered list has as many matches."""
    for count in dict.fromkeys((SMALL, report.cases)):
        if count > SMALL:
            progress(f"Making {count:,} cases")
            world.seed_cases(cluster.conninfo, seeded, SMALL + 1, count, count * 2)  # no more matches
            asyncio.run(world.catch_up(cluster.conninfo))
        with _server(cluster.serving_conninfo, 1) as (port, _):
            for name, request in world.pages(seeded).items():
                progress(f"Measuring the app, {name}, with {count:,} cases")
                took, body = asyncio.run(_page(port, request))
                report.app_ms.setdefault(name, {})[count] = took
                report.app_hits.setdefault(name, {})[count] = "".join(_TOTAL.findall(body.decode()))
            for name, prepared in (("list", world.lists(seeded)), ("filtered list", world.filtered_lists(seeded))):
                progress(f"Measuring {name} with {count:,} cases")
                report.page_ms.setdefault(name, {})[count] = asyncio.run(_page(port, prepared[0]))[0]


async def _page(port: int, request: bytes) -> tuple[float, bytes]:
    """How long a page takes (ms), and what it is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, body = [], b""
    for _ in range(PAGES):
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head.lower())
        assert found
        body = await reader.readexactly(int(found[1]))
        times.append((time.perf_counter() - began) * 1000)
    writer.close()
    return statistics.median(times), body


@contextmanager
def _server(conninfo: str, workers: int) -> Iterator[tuple[int, psutil.Process]]:
    """A served Dossier on the cluster; its port and its process."""
    command = [sys.executable, "-m", "dossier", "serve", "--port", "0", "--workers", str(workers)]
    environment = {**os.environ, "DATABASE_URL": conninfo, "DOSSIER_LOG_FORMAT": "json"}
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield _port_of(process, log), psutil.Process(process.pid)
        finally:
            process.terminate()


def _port_of(process: "subprocess.Popen[bytes]", log: IO[str]) -> int:
    for _ in range(1000):
        log.seek(0)
        if found := re.search(r"listens on http://[^:]+:(\d+)", text := log.read()):
            time.sleep(1)  # with several workers the last ones are still coming up
            return int(found[1])
        if process.poll() is not None:
            raise RuntimeError(text)
        time.sleep(0.02)
    message = "the server did not start"
    raise RuntimeError(message)


def _memory(server: psutil.Process, cluster: Cluster) -> float:
    """Proportional memory of the idle server and its PostgreSQL, MB; 0 where the system does not tell."""
    postmaster = cluster.postmaster()
    assert postmaster
    family = [each for parent in (server, postmaster) for each in (parent, *parent.children(recursive=True))]
    try:
        return sum(each.memory_full_info().pss for each in family) / 1e6
    except AttributeError:
        return 0


def _load(
    port: int, requests: Sequence[bytes], report: Report, folder: Path, *, seconds: float | None = None
) -> Result:
    file = folder / "requests"
    file.write_text("\n".join(each.hex() for each in requests))
    arguments = (str(port), str(file), str(report.connections), str(seconds or report.seconds))
    command = [sys.executable, "-m", "dossier.bench.load", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Result(**json.loads(done.stdout))


def _ceiling(requests: Sequence[bytes], report: Report, folder: Path) -> float:
    command = [sys.executable, "-m", "dossier.bench.ceiling"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        result = _load(port, requests, report, folder, seconds=min(3, report.seconds))
        process.stdin.close()
    return result.per_second


def _pgbench(cluster: Cluster, seeded: world.Seeded, seconds: float) -> float:
    with as_file(files("dossier.bench").joinpath("baseline.sql")) as script, tempfile.TemporaryDirectory() as folder:
        readable = Path(folder) / "baseline.sql"
        readable.write_text(script.read_text())
        Path(folder).chmod(0o711)
        readable.chmod(0o644)
        values = {"cases": SMALL, "hash": hashed(seeded.token).hex(), "workspace": seeded.workspace}
        variables = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
        command = ["pgbench", *PGBENCH, "-T", str(round(seconds)), "-f", str(readable), *variables]
        done = binaries.run(command, cluster.environment)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
