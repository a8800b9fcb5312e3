"""The benchmark: everything in one run on one machine, so that only ratios are believed."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dossier.bench.load import Result
from dossier.bench.world import seed, seed_cases
from dossier.foundation.postgres import served

SMALL = 10_000  # cases that every measure but the last is made on
MATCHES = 200  # cases that the filtered list finds, however many there are
CEILING = 3  # the load must be able to do that many times the result, else it measured itself
PAGE_REPEATS = 30

Progress = Callable[[str], None]


@dataclass
class Report:
    """What was measured. Rates are answers a second, times are milliseconds."""

    cases: int
    connections: int
    seconds: float
    workers: int
    baseline: float = 0
    ceiling: float = 0
    measures: dict[str, Result] = field(default_factory=dict)
    page_ms: dict[str, dict[int, float]] = field(default_factory=dict)
    idle_mb: float = 0

    @property
    def ratio(self) -> float | None:
        """Updates a second over pgbench's; None when the load was too slow to say."""
        updates = self.measures["update"].per_second
        return updates / self.baseline if self.ceiling >= CEILING * updates else None


def run(cases: int, seconds: float, connections: int, workers: int, progress: Progress) -> Report:
    """Measure on a temporary database of its own."""
    report = Report(cases, connections, seconds, workers)
    with tempfile.TemporaryDirectory(prefix="dossier-bench-") as folder:
        os.chmod(folder, 0o755)
        with served(Path(folder) / "data", progress) as cluster:
            _measure(report, cluster.conninfo, Path(folder), progress)
    return report


def _measure(report: Report, conninfo: str, folder: Path, progress: Progress) -> None:
    progress("making a workspace, a template and cases")
    seeded = asyncio.run(seed(conninfo))
    seed_cases(conninfo, seeded, 1, min(SMALL, report.cases), MATCHES)
    with _server(conninfo, report.workers) as port:
        report.idle_mb = idle_memory(port)
        for name, requests in _requests(seeded, port, min(SMALL, report.cases)).items():
            progress(f"measuring {name}")
            report.measures[name] = _load(port, requests, report, folder)
    progress("measuring what pgbench does at most")
    report.baseline = _pgbench(conninfo, seeded, report)
    progress("measuring what the load could do at most")
    report.ceiling = _ceiling(report, folder)
    _pages(report, conninfo, seeded, progress)
