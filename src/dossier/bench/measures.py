"""The measures that do not grow with the cases: rates beside pgbench, what an update costs, who suffers from whom, memory."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from secrets import token_hex

from dossier.bench import report as named
from dossier.bench import world
from dossier.bench.bed import SMALL, Bed, Server, ceiling, result_of, serving
from dossier.bench.report import Figure, Report, Result, Updates
from dossier.bench.seeding import case_id
from dossier.bench.visitor import Visitor

Progress = Callable[[str], None]

CONNECTIONS, WORKERS = (1, 4, 16, 64), (1, 2)
TURNS = 3  # of Dossier and pgbench, of alone and beside a storm, …
STORMERS = 12  # connections that ask what costs most
ASKED = 20  # times that a page is asked for in one turn
IDLE_SECONDS = 20  # until connections that only the start needed are given back


def memory(bed: Bed, report: Report, progress: Progress) -> None:
    """Proportional memory of a server with one worker and a database of its own, as it is started every day; nothing where the system does not tell.

    What PostgreSQL then keeps of tables in its buffers, 128 MB at most, comes on top.
    """
    environment = {"DATABASE_URL": "", "DOSSIER_DATA_DIR": str(bed.folder / "idle")}
    with serving(environment):
        progress("Making a database")
    with serving(environment) as server:
        progress(f"Waiting {IDLE_SECONDS} s for a server to have nothing to do")
        time.sleep(IDLE_SECONDS)
        family = (server.process, *server.process.children(recursive=True))  # PostgreSQL among them
        with suppress(AttributeError):
            report.figures[named.IDLE] = Figure(sum(each.memory_full_info().pss for each in family) / 1e6, "MB")


def updates(bed: Bed, report: Report, progress: Progress) -> None:
    """Updates by so many connections to so many workers, in turns with pgbench on the same database."""
    requests = world.updates(bed.seeded.large, SMALL)
    report.ceiling = ceiling(bed, requests)
    for workers in WORKERS:
        with bed.server(workers) as server:
            bed.load(server.port, requests, 16, 2)  # warm up
            for connections in CONNECTIONS:
                turns = []
                for turn in range(1, TURNS + 1):
                    progress(f"Updates and pgbench: {connections} connections, {workers} workers, turn {turn}")
                    bed.settle()
                    pgbench = bed.pgbench(connections, report.seconds / TURNS)
                    turns.append((bed.load(server.port, requests, connections, report.seconds / TURNS), pgbench))
                report.updates.append(_middle(connections, workers, turns))


def _middle(connections: int, workers: int, turns: list[tuple[Result, float]]) -> Updates:
    results = [result for result, _ in turns]
    return Updates(
        connections,
        workers,
        Result(
            statistics.median(each.per_second for each in results),
            statistics.median(each.p50 for each in results),
            statistics.median(each.p99 for each in results),
            sum(each.failed for each in results),
        ),
        statistics.median(pgbench for _, pgbench in turns),
        statistics.median(result.per_second / pgbench for result, pgbench in turns),
    )


def reads(bed: Bed, report: Report, progress: Progress) -> None:
    """One case, and pages of the API, by 16 connections to one worker."""
    lists = world.lists(bed.seeded.large)
    requests = {"one case": world.gets(bed.seeded.large, SMALL)}
    requests |= {name: [lists[name]] for name in ("list", "filtered list")}
    with bed.server() as server:
        for name, prepared in requests.items():
            progress(f"Measuring {name}")
            bed.load(server.port, prepared, 16, 1)  # warm up
            report.rates[name] = bed.load(server.port, prepared, 16, report.seconds / TURNS)


def shapes(bed: Bed, report: Report, progress: Progress) -> None:
    """That an update does not grow with the fields, nor anything with what has happened before (one connection, in turns)."""
    large, wide, changed = bed.seeded.large, bed.seeded.wide, bed.seeded.changed
    with bed.server() as server:
        times: dict[str, list[float]] = {}
        for turn in range(1, TURNS + 1):
            progress(f"Cases with many fields, and with a long history, turn {turn}")
            requests: Mapping[str, Callable[[], bytes]] = {
                "an update of a case with 20 fields": lambda: world.update(large, case_id(1)),
                "an update of a case with 200 fields": lambda: world.update(large, wide),
                "an update of a case with 10,000 versions": lambda: world.update(large, changed),
                "a case with 10,000 versions": lambda: world.request("GET", f"/v1/cases/{changed}", large),
                named.AT: lambda: world.request("GET", f"/v1/cases/{changed}?at={_first_day(bed)}", large),
            }
            for name, request in requests.items():
                times.setdefault(name, []).append(asyncio.run(_median(server.port, request)))
    report.figures |= {name: Figure(statistics.median(each), "ms") for name, each in times.items()}


def _first_day(bed: Bed) -> str:
    query = "SELECT min(at) + interval '1 minute' FROM case_events WHERE case_id = %s"
    at = bed.row(query, bed.seeded.changed)[0]
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


async def _median(port: int, request: Callable[[], bytes]) -> float:
    async with Visitor(port) as visitor:
        return statistics.median([(await visitor.ask(request())).ms for _ in range(ASKED)])


def changes(bed: Bed, report: Report, progress: Progress) -> None:
    """What PostgreSQL does for an update, and how soon the search knows it, while 16 connections update."""
    requests = world.updates(bed.seeded.large, SMALL)
    bed.move_in()
    with bed.server() as server:
        bed.load(server.port, requests, 16, 2)  # pages that are written whole after a checkpoint are so now
        bed.settle()
        before = _written(bed)
        progress("What an update writes, and how soon it is found")
        with bed.loading(server.port, requests, 16, report.seconds) as load:
            found = asyncio.run(_found_after(bed, server, report.seconds))
            done = result_of(load)
        bed.settle()
        time.sleep(1)  # PostgreSQL counts a second later
        changed, hot, log = (after - then for after, then in zip(_written(bed), before, strict=True))
    report.figures[named.FOUND] = Figure(max(found), "ms")
    report.figures[named.HOT] = Figure(100 * hot / changed, "%")
    report.figures[named.WAL] = Figure(log / 1000 / (done.per_second * report.seconds), "kB")


def _written(bed: Bed) -> tuple[int, ...]:
    query = (
        "SELECT n_tup_upd, n_tup_hot_upd, pg_current_wal_lsn() - '0/0' FROM pg_stat_user_tables WHERE relname = 'cases'"
    )
    return tuple(map(int, bed.row(query)))


async def _found_after(bed: Bed, server: Server, seconds: float) -> list[float]:
    """How long it took each time until a case was found by a word that it was just given (ms)."""
    took = []
    async with Visitor(server.port) as visitor:
        await asyncio.sleep(min(1, seconds / 4))
        until = time.monotonic() + seconds / 2
        while time.monotonic() < until:
            word = "q" + token_hex(6).translate(str.maketrans("0123456789", "ghijklmnop"))
            await visitor.ask(world.update(bed.seeded.large, case_id(world.SOUGHT_CASE), text_2=word))
            began, asked = time.monotonic(), world.page(bed.seeded.large, f"?{world.searched(word)}")
            while (await visitor.ask(asked)).found != "1":  # noqa: ASYNC110 - a page is asked for
                await asyncio.sleep(0.05)
            took.append((time.monotonic() - began) * 1000)
    return took


def beside(bed: Bed, report: Report, progress: Progress) -> None:
    """The list of a small workspace, alone and while somebody asks a large one what costs most, in turns."""
    alone, stormed = [], []
    storm, asked = world.storm(bed.seeded.large), world.listed(bed.seeded.small)
    with bed.server() as server:
        asyncio.run(_median(server.port, lambda: asked))  # warm up
        for turn in range(1, TURNS + 1):
            progress(f"A small workspace beside a storm in a large one, turn {turn}")
            alone.append(asyncio.run(_median(server.port, lambda: asked)))
            with bed.loading(server.port, storm, STORMERS, report.seconds / TURNS) as load:
                time.sleep(0.7)
                stormed.append(asyncio.run(_median(server.port, lambda: asked)))
                result_of(load)
    report.figures["a small workspace's list, alone"] = Figure(statistics.median(alone), "ms")
    report.figures["a small workspace's list beside a storm"] = Figure(statistics.median(stormed), "ms")
    ratios = [each / before for before, each in zip(alone, stormed, strict=True)]
    report.figures[named.BESIDE] = Figure(statistics.median(ratios), "times")
