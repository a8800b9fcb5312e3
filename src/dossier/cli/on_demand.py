"""The table of commands: what `dossier --help` says of each, and the file that is imported when it is run."""

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Command(NamedTuple):
    """`module` is a file of this folder: its `app` is the command when it has commands of its own, else its function of that name."""

    module: str
    help: str
    epilog: str | None = None


COMMANDS = {
    "serve": Command(
        "serve",
        "Start the server, and its own PostgreSQL unless DATABASE_URL names one. Ctrl-C stops both.",
        "Example: dossier serve --port 8080 --workers 2",
    ),
    "migrate": Command(
        "migrate",
        "Bring the database to the newest schema; safe to run again, and while servers run.",
        "Example: DATABASE_URL=postgresql://… dossier migrate",
    ),
    "restore": Command(
        "restore",
        "Fill an empty database from a backup, then check that every row is there. Restore only backups of your own.",
        "Example: dossier --data-dir /srv/new restore /backups/dossier-monday.tar",
    ),
    "doctor": Command(
        "doctor",
        "Look at the database, its durability, schema, disk, clock, key, jobs, backups, and at the servers that run. Exit code 1 if something is not well.",
        "Example: dossier doctor --json",
    ),
    "bench": Command(
        "bench",
        "Measure updates, reads and pages on a temporary database, in turns with pgbench on the same one.",
        "Example: dossier bench --cases 1000000 --seconds 10",
    ),
    "openapi": Command(
        "openapi",
        "Print the OpenAPI 3.1 document of the API; needs no database.",
        "Example: dossier openapi > openapi.json",
    ),
    "audit": Command(
        "audit",
        "Show who was let in, was given what, took what out, and was refused; the newest first.",
        "Example: dossier audit --act token.made --json",
    ),
    "backup": Command("backup", "Write everything into one file (dossier backup FILE), or look at such a file."),
    "jobs": Command("background", "Jobs: work in the background."),
    "workspace": Command("workspaces", "Workspaces: each team's own room."),
    "token": Command("tokens", "Tokens: what programs call the API with."),
    "member": Command("members", "Members: who works in a workspace."),
    "template": Command("templates", "Case templates as files."),
    "form-template": Command("form_templates", "Form templates as files."),
    "contact": Command("contacts", "Contacts: the people that cases are about."),
    "files": Command("files", "Files: what people and programs sent."),
    "key": Command("keys", "The key that second factors are encrypted with: change it, and forget the old one."),
}


class OnDemand(TyperGroup):
    """The group of them: it imports the one that is run."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.commands = {name: TyperCommand(name, help=each.help) for name, each in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The whole of the command that the arguments name; of one that is not there, which is meant perhaps."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name else None, rest


def loaded(name: str) -> Any:
    """The command of that name with all its options, or commands."""
    command = COMMANDS[name]
    module = import_module(f"dossier.cli.{command.module}")
    if hasattr(module, "app"):
        return typer.main.get_group(module.app)
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    alone.command(name, epilog=command.epilog)(getattr(module, name))
    return typer.main.get_command(alone)
