"""What it costs an update that events are told in the order of commits: the same update in plain SQL with it and without it, in turns."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from dossier.bench import report as named
from dossier.bench import world
from dossier.bench.bed import Bed
from dossier.bench.measures import TURNS, Progress
from dossier.bench.report import Figure, Report
from dossier.bench.seeding import case_id
from dossier.bench.visitor import Visitor
from dossier.foundation import json

CONNECTIONS = 16
ASKED = 20  # times that an event is waited for
_WITHOUT = "ALTER TABLE case_events ALTER COLUMN position DROP DEFAULT; DROP INDEX case_events_position"
_WITH = """
ALTER TABLE case_events ALTER COLUMN position SET DEFAULT commit_position();
CREATE INDEX case_events_position ON case_events (workspace_id, position) WHERE position IS NOT NULL
"""


def order(bed: Bed, report: Report, progress: Progress) -> None:
    """Turns of pgbench, and how soon a change is told to who waits for it."""
    ratios = []
    for turn in range(1, TURNS + 1):
        progress(f"Updates with the order of commits and without it, turn {turn}")
        first = bed.pgbench(CONNECTIONS, report.seconds / TURNS)
        with _without(bed):
            without = bed.pgbench(CONNECTIONS, report.seconds / TURNS)
        again = bed.pgbench(CONNECTIONS, report.seconds / TURNS)  # on both sides of it: tables only grow
        ratios.append((first + again) / 2 / without)
    report.figures[named.ORDER] = Figure(statistics.median(ratios), "times")
    progress("How soon a change is told to who waits for it")
    with bed.server() as server:
        report.figures[named.TOLD] = Figure(asyncio.run(_told_after(bed, server.port)), "ms")


@contextmanager
def _without(bed: Bed) -> Iterator[None]:
    with psycopg.connect(bed.cluster.conninfo, autocommit=True) as owner:
        owner.execute(_WITHOUT)
        try:
            yield
        finally:
            owner.execute(_WITH)


async def _told_after(bed: Bed, port: int) -> float:
    """Milliseconds from an answered update until who waits for it is answered; the median."""
    large, times = bed.seeded.large, []
    async with Visitor(port) as changes, Visitor(port) as waits:
        now = world.request("GET", "/v1/events", large)
        for number in range(1, ASKED + 1):
            cursor = json.decode_stored((await waits.ask(now)).body)["next"]
            path = f"/v1/events?wait=20&after={cursor}"
            waiting = asyncio.create_task(waits.ask(world.request("GET", path, large)))
            await asyncio.sleep(0.1)  # until it waits
            await changes.ask(world.update(large, case_id(number)))
            began = time.perf_counter()
            await waiting
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
