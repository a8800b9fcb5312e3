"""`dossier bench`: how fast this machine runs Dossier, beside what its PostgreSQL can do at most."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dossier.bench.run import CEILING, SMALL, Report, run
from dossier.cli.output import JSON, stderr, stdout

_STEPS = 22  # that a run announces


def bench(
    cases: Annotated[int, typer.Option(min=SMALL, help="Cases that the lists grow to.")] = SMALL,
    seconds: Annotated[float, typer.Option(min=1, help="How long each measure takes.")] = 10,
    connections: Annotated[int, typer.Option(min=1, max=256, help="Connections of the load.")] = 16,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Measure updates, reads and lists on a temporary database, and pgbench on the same one in the same run."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("Starting PostgreSQL", total=_STEPS)
        report = run(
            cases, seconds, connections, workers, lambda text: progress.update(task, description=text, advance=1)
        )
    if as_json:
        typer.echo(json.dumps(asdict(report) | {"ratio": report.ratio}, indent=2))
    else:
        _show(report)


def _show(report: Report) -> None:
    table = Table("measure", "a second", "p50 ms", "p99 ms", "failed", box=None, header_style="bold")
    for name, result in report.measures.items():
        table.add_row(name, f"{result.per_second:,.0f}", f"{result.p50:.1f}", f"{result.p99:.1f}", str(result.failed))
    table.add_row("pgbench (the same update in SQL)", f"{report.baseline:,.0f}", "", "", "")
    table.add_row("ceiling of the load generator", f"{report.ceiling:,.0f}", "", "", "")
    stdout.print(table)
    _show_ratio(report)
    for name, times in report.page_ms.items():
        shown = ", ".join(f"{count:,} cases: {ms:.1f} ms" for count, ms in times.items())
        stdout.print(f"{name}, one page: {shown}{_growth(list(times.values()))}")
    _show_app(report)
    stdout.print(f"idle memory of server and PostgreSQL: {report.idle_mb:.0f} MB (PSS)")


def _show_app(report: Report) -> None:
    counts = list(next(iter(report.app_ms.values())))
    columns = [column for count in counts for column in (f"{count:,} cases: ms", "found")]
    table = Table("the app", *columns, "growth", box=None, header_style="bold")
    for name, times in report.app_ms.items():
        cells = [cell for count in counts for cell in (f"{times[count]:.1f}", report.app_hits[name][count])]
        table.add_row(name, *cells, _growth(list(times.values())))
    stdout.print(table)


def _show_ratio(report: Report) -> None:
    if report.ratio is None:
        stdout.print(f"No verdict: the load generator's ceiling is below {CEILING} times the updates.")
    else:
        stdout.print(f"updates / pgbench: [bold]{report.ratio:.2f}[/]")


def _growth(times: list[float]) -> str:
    return f" (×{times[-1] / times[0]:.2f})" if len(times) > 1 else ""
