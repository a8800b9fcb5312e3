"""The command line: one file a command."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from dossier import __version__
from dossier.cli import background, backup, contacts, files, keys, members, templates, tokens, workspaces
from dossier.cli.audit import audit
from dossier.cli.bench import bench
from dossier.cli.connection import choose_data_folder
from dossier.cli.doctor import doctor
from dossier.cli.migrate import migrate
from dossier.cli.openapi import openapi
from dossier.cli.restore import restore
from dossier.cli.serve import serve
from dossier.foundation import logs

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
    logs.configure(level=logging.WARNING)  # stdout is the answer alone; `serve` sets its own
    choose_data_folder(data_dir)


app.command(epilog="Example: dossier serve --port 8080 --workers 2")(serve)
app.command(epilog="Example: DATABASE_URL=postgresql://… dossier migrate")(migrate)
app.command(epilog="Example: dossier --data-dir /srv/new restore /backups/dossier-monday.tar")(restore)
app.command(epilog="Example: dossier doctor --json")(doctor)
app.command(epilog="Example: dossier bench --cases 1000000 --seconds 10")(bench)
app.command(epilog="Example: dossier openapi > openapi.json")(openapi)
app.command(epilog="Example: dossier audit --act token.made --json")(audit)
app.add_typer(backup.app, name="backup")
app.add_typer(background.app, name="jobs")
app.add_typer(workspaces.app, name="workspace")
app.add_typer(tokens.app, name="token")
app.add_typer(members.app, name="member")
app.add_typer(templates.app, name="template")
app.add_typer(contacts.app, name="contact")
app.add_typer(files.app, name="files")
app.add_typer(keys.app, name="key")
