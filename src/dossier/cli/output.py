"""What commands print: results on stdout, everything said to people on stderr, refusals as one clear line."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import typer

from dossier.foundation.errors import AppError

if TYPE_CHECKING:
    from rich.console import Console

JSON = typer.Option("--json", help="Print JSON, for programs.")


@cache
def stderr() -> "Console":
    """Where people are spoken to."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@cache
def stdout() -> "Console":
    """Where results go; a pipe has no right edge."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 400)


def say(sentence: str) -> None:
    """Tell the person at the terminal; never part of a command's result."""
    typer.echo(sentence, err=True)


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
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    stdout().print(table)
