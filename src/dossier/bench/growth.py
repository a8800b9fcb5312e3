"""How long a page takes with few cases and with many, all of them in the search; and how many are found."""

import asyncio
import statistics

from dossier.bench import world
from dossier.bench.bed import SMALL, Bed
from dossier.bench.exports import as_csv
from dossier.bench.measures import Progress
from dossier.bench.report import Page, Report
from dossier.bench.visitor import Answer, Visitor

TIMES = 25  # that a page is asked for
ENOUGH = 10.0  # seconds after which a page is not asked for any more


def growth(bed: Bed, report: Report, progress: Progress) -> None:
    """Every page, with each number of cases; the filtered list finds as many however many there are."""
    there = SMALL
    for count in sorted(report.cases):
        if count > there:
            progress(f"Making {count:,} cases")
            world.seed_cases(bed.cluster.conninfo, bed.seeded.large, there + 1, count, count * 2)  # no more matches
            there = count
        with bed.server() as server:
            asked = world.pages(bed.seeded.large) | world.lists(bed.seeded.large)
            for name, request in asked.items():
                progress(f"Measuring {name}, with {count:,} cases")
                report.pages.setdefault(name, {})[count] = asyncio.run(_page(server.port, request))
            if count > SMALL:
                progress(f"Exporting {count:,} cases")
                as_csv(bed, server, report, count)


async def _page(port: int, request: bytes) -> Page:
    answers: list[Answer] = []
    async with Visitor(port) as visitor:
        while len(answers) < TIMES and sum(each.ms for each in answers) < ENOUGH * 1000:
            answers.append(await visitor.ask(request))
    times, last = [each.ms for each in answers], answers[-1]
    found = last.found if last.status == 200 else f"answered {last.status}"
    return Page(statistics.median(times), min(times), found)
