"""`dossier bench`: how fast this machine runs Dossier, beside what its PostgreSQL can do at most."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from dossier.cli.output import JSON, fail, stderr, stdout

if TYPE_CHECKING:
    from dossier.bench.report import Report, Result

PARTS = (
    "memory",
    "updates",
    "reads",
    "shapes",
    "changes",
    "order",
    "beside",
    "webhooks",
    "exports",
    "files",
    "forms",
    "growth",
)
SMALLEST, MOST = 10_000, 10_000_000
_VERDICTS = {True: "[green]reached[/]", False: "[red]not reached[/]", None: "not measured"}


def _numbers(text: str) -> list[int]:
    found = [int(each.replace("_", "")) for each in text.split(",") if re.fullmatch(r"[0-9_]+", each.strip())]
    if len(found) != text.count(",") + 1 or not all(SMALLEST <= each <= MOST for each in found):
        raise fail(f"--cases are numbers from {SMALLEST} to {MOST}, as 10000,100000,1000000.", 2)
    return sorted({SMALLEST, *found})


def bench(
    cases: Annotated[str, typer.Option(help="How many cases the pages are measured with: 10000,100000,1000000.")] = "",
    seconds: Annotated[float, typer.Option(min=1, help="How long each measure takes.")] = 10,
    only: Annotated[list[str] | None, typer.Option(help=f"One of: {', '.join(PARTS)}. May be given again.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="A folder for the figures (JSON), their pictures and a page about them.")
    ] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Measure updates, reads and pages on a temporary database, in turns with pgbench on the same one."""
    from dossier.bench import pages, run  # noqa: PLC0415 - memory that a server does without

    if unknown := set(only or ()) - set(PARTS):
        raise fail(f"There is no part “{unknown.pop()}”; there are {', '.join(PARTS)}.", 2)
    sizes, parts = _numbers(cases or str(SMALLEST)), [run.Part(each) for each in only or PARTS]
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=stderr(), transient=True
    ) as progress:
        task = progress.add_task("Starting PostgreSQL", total=None)
        report = run.run(sizes, seconds, parts, lambda text: progress.update(task, description=text))
    if keep:
        pages.keep(report, keep)
    if as_json:
        typer.echo(pages.encoded(report))
    else:
        _show(report)


def _show(report: "Report") -> None:
    _show_rates(report)
    for name, figure in report.figures.items():
        stdout().print(f"{name}: {figure.value:,.1f} {figure.unit}")
    _show_pages(report)
    _show_goals(report)


def _show_rates(report: "Report") -> None:
    table = Table(
        "measure", "a second", "p50 ms", "p99 ms", "failed", "pgbench", "ratio", box=None, header_style="bold"
    )
    for each in report.updates:
        name = f"updates, {each.connections} connections, {each.workers} workers"
        beside = (f"{each.pgbench:,.0f}", f"{each.ratio:.2f}")
        table.add_row(name, *_cells(each.result), *beside)
    for name, result in report.rates.items():
        table.add_row(name, *_cells(result), "", "")
    if table.row_count:
        stdout().print(table)


def _cells(result: "Result") -> tuple[str, ...]:
    return f"{result.per_second:,.0f}", f"{result.p50:.1f}", f"{result.p99:.1f}", str(result.failed)


def _show_pages(report: "Report") -> None:
    from dossier.bench.report import growth  # noqa: PLC0415

    columns = [column for count in report.cases for column in (f"{count:,} cases: ms", "found")]
    table = Table("a page", *columns, "growth", box=None, header_style="bold")
    for name, sizes in report.pages.items():
        cells = [cell for each in sizes.values() for cell in (f"{each.ms:.1f}", each.found)]
        table.add_row(name, *cells, f"×{grown:.2f}" if (grown := growth(sizes)) else "")
    if table.row_count:
        stdout().print(table)


def _show_goals(report: "Report") -> None:
    from dossier.bench.report import goals  # noqa: PLC0415

    table = Table("goal", "must", "is", "", box=None, header_style="bold")
    for goal in goals():
        value, sign = goal.measured(report), "≥" if goal.at_least else "≤"
        if value is not None:
            shown = f"{value:,.2f} {goal.unit}"
            table.add_row(goal.name, f"{sign} {goal.must:g} {goal.unit}", shown, _VERDICTS[goal.reached(report)])
    if table.row_count:
        stdout().print(table)
