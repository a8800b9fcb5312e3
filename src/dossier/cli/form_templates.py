"""`dossier form-template`: bring form templates in and out as files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dossier.cli.connection import operate
from dossier.cli.documents import read
from dossier.cli.output import JSON, fail, say, show
from dossier.form_templates import actions, store
from dossier.form_templates.model import FormTemplateVersion, PresetRow
from dossier.form_templates.model.starters import STARTERS
from dossier.form_templates.model.starters import starter as brought
from dossier.foundation import json, yaml
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.workspaces import actions as workspaces

app = typer.Typer(no_args_is_help=True, help="Form templates as files.")

_WORKSPACE = typer.Option(help="Slug of the workspace.")


@app.command("import", epilog="Example: dossier form-template import accident-report.yaml --workspace claims")
def import_(
    workspace: Annotated[str, _WORKSPACE],
    file: Annotated[
        Path | None, typer.Argument(help="A form template's document, .json or .yaml.", exists=True, dir_okay=False)
    ] = None,
    starter: Annotated[str | None, typer.Option(help=f"One that Dossier brings: {', '.join(STARTERS)}.")] = None,
) -> None:
    """Publish a form template, or the next version of the one that has its slug, which goes to stdout. Every problem is named with its place."""
    document = _document(file, starter)

    async def work(transaction: Transaction) -> FormTemplateVersion:
        inside, scope = await _inside(transaction, workspace)
        found = await store.find(inside, str(document["slug"])) if document.get("slug") else []
        if found:
            return await actions.revise(inside, found[0][1], document)
        return await actions.create(inside, scope.workspaces[0], document)

    version = operate(work)
    typer.echo(version.slug)
    say(f"“{version.template.title}” is at version {version.version}.")


@app.command(epilog="Example: dossier form-template export accident-report --workspace claims > accident-report.yaml")
def export(
    slug: Annotated[str, typer.Argument(help="The template's slug.")],
    workspace: Annotated[str, _WORKSPACE],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of YAML.")] = False,
) -> None:
    """Print the document of a form template's current version as YAML."""

    async def work(transaction: Transaction) -> FormTemplateVersion:
        inside, _ = await _inside(transaction, workspace)
        _, id = await actions.find_template(inside, slug)
        return await actions.get_or_404(inside, id)

    document = dict(operate(work).document)
    typer.echo(json.pretty(document) if as_json else yaml.encode(document).rstrip("\n"))


@app.command("list", epilog="Example: dossier form-template list --workspace claims")
def list_(workspace: Annotated[str, _WORKSPACE], as_json: Annotated[bool, JSON] = False) -> None:
    """Show the presets of a workspace."""

    async def work(transaction: Transaction) -> list[PresetRow]:
        inside, _ = await _inside(transaction, workspace)
        return await store.every_preset(inside)

    rows = [
        {
            "slug": each.slug,
            "version": each.version,
            "preset": each.key,
            "id": each.id,
            "name": each.name,
            "state": _state(each),
        }
        for each in operate(work)
    ]
    show(rows, ("slug", "version", "preset", "id", "name", "state"), as_json)


def _state(preset: PresetRow) -> str:
    return "archived" if preset.archived_at else "enabled" if preset.enabled else "disabled"


async def _inside(transaction: Transaction, slug: str) -> tuple[Transaction, Scope]:
    scope = Scope(((await workspaces.find(transaction, slug)).id,))
    return transaction.within(scope), scope


def _document(file: Path | None, name: str | None) -> dict[str, Any]:
    if (file is None) == (name is None):
        raise fail("Name a file, or one that Dossier brings (--starter).")
    if file:
        return read(file)
    if name not in STARTERS:
        raise fail(f"There is no starter “{name}”; there are {', '.join(STARTERS)}.")
    return brought(str(name))
