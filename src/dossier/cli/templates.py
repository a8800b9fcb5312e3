"""`dossier template`: bring case templates in and out as files."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from dossier.case_templates import actions, store
from dossier.case_templates.model import TemplateVersion
from dossier.cli.connection import operate, settings
from dossier.cli.documents import read
from dossier.cli.output import fail, say
from dossier.foundation import json
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.workspaces import actions as workspaces
from dossier.workspaces import store as workspace_store

app = typer.Typer(no_args_is_help=True, help="Case templates as files.")


@app.command("import", epilog="Example: dossier template import motor-claim.yaml --workspace claims")
def import_(
    file: Annotated[Path, typer.Argument(help="A template document, .json or .yaml.", exists=True, dir_okay=False)],
    workspace: Annotated[str, typer.Option(help="Slug of the workspace.")],
    id: Annotated[UUID | None, typer.Option(help="Publish it as the next version of this template.")] = None,
) -> None:
    """Publish a template; its id goes to stdout. Every problem is named with its place in the document."""
    document, allowed = read(file), settings().outbound

    async def work(transaction: Transaction) -> TemplateVersion:
        found = await workspaces.find(transaction, workspace)
        inside = transaction.within(Scope((found.id,)))
        if id:
            return await actions.revise(inside, id, document, allowed=allowed)
        return await actions.create(inside, found.id, document, allowed=allowed)

    version = operate(work)
    typer.echo(version.id)
    say(f"“{version.template.title}” is at version {version.version}.")


@app.command(epilog="Example: dossier template export 0199a1b2-… > motor-claim.json")
def export(id: Annotated[UUID, typer.Argument(help="The template's id.")]) -> None:
    """Print the document of a template's current version as JSON."""

    async def work(transaction: Transaction) -> TemplateVersion | None:
        everything = tuple(each.id for each in await workspace_store.list_all(transaction))
        return await store.get(transaction.within(Scope(everything)), id)

    version = operate(work)
    if version is None:
        raise fail(f"There is no case template {id}.")
    typer.echo(json.pretty(version.document))
