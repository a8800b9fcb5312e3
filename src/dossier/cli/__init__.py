"""The command line: one file a command."""

from pathlib import Path
from typing import Annotated

import typer

from dossier import __version__
from dossier.cli import members, templates, tokens, workspaces
from dossier.cli.backup import backup, restore
from dossier.cli.bench import bench
from dossier.cli.connection import choose_data_folder
from dossier.cli.doctor import doctor
from dossier.cli.migrate import migrate
from dossier.cli.openapi import openapi
from dossier.cli.serve import serve

app = typer.Typer(
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
    choose_data_folder(data_dir)


app.command(epilog="Example: dossier serve --port 8080 --workers 2")(serve)
app.command(epilog="Example: DATABASE_URL=postgresql://… dossier migrate")(migrate)
app.command(epilog="Example: dossier backup /backups/dossier-monday.tar")(backup)
app.command(epilog="Example: dossier --data-dir /srv/new restore /backups/dossier-monday.tar")(restore)
app.command(epilog="Example: dossier doctor --json")(doctor)
app.command(epilog="Example: dossier bench --cases 1000000 --seconds 10")(bench)
app.command(epilog="Example: dossier openapi > openapi.json")(openapi)
app.add_typer(workspaces.app, name="workspace")
app.add_typer(tokens.app, name="token")
app.add_typer(members.app, name="member")
app.add_typer(templates.app, name="template")
