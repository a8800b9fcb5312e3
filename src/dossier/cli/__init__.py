"""The command line: one file a command, imported when somebody runs it."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from dossier import __version__
from dossier.cli.on_demand import OnDemand

app = typer.Typer(
    cls=OnDemand,
    name="dossier",
    help="Dossier: collect data and documents from people, in cases.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"dossier {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    data_dir: Annotated[
        Path | None, typer.Option(help="The data folder.", envvar="DOSSIER_DATA_DIR", show_envvar=True)
    ] = None,
    _asked: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    from dossier.cli.connection import choose_data_folder  # noqa: PLC0415 - who only asks for help does without
    from dossier.foundation import logs  # noqa: PLC0415

    logs.configure(level=logging.WARNING)  # stdout is the answer alone; `serve` sets its own
    choose_data_folder(data_dir)
