"""What commands print: results on stdout, everything said to people on stderr, refusals as one clear line."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from dossier.foundation.errors import AppError

stderr = Console(stderr=True, highlight=False)
stdout = Console(highlight=False, width=None if sys.stdout.isatty() else 400)  # a pipe has no right edge

JSON = typer.Option("--json", help="Print JSON, for programs.")


def say(sentence: str) -> None:
    """Tell the person at the terminal; never part of a command's result."""
    stderr.print(sentence, markup=False, soft_wrap=True)


def fail(sentence: str, code: int = 1) -> typer.Exit:
    """The end of a command that could not do what was asked: `raise fail(…)`."""
    typer.secho("dossier: ", err=True, nl=False, fg="red", bold=True)
    say(sentence)
    return typer.Exit(code)


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal as a line for each of its problems, and exit code 1."""
    try:
        yield
    except AppError as refusal:
        for problem in refusal.problems:
            say(f"  {problem.pointer}: {problem.detail}" if problem.pointer else problem.detail)
        raise typer.Exit(1) from None


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool) -> None:
    """Rows as a table, or as a JSON array."""
    if as_json:
        typer.echo(json.dumps(list(rows), default=str, indent=2, ensure_ascii=False))
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    stdout.print(table)
