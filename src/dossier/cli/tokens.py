"""`dossier token`: make, list and revoke tokens."""

import re
import sys
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from dossier.cli.connection import operate
from dossier.cli.output import JSON, say, show
from dossier.foundation.clock import system_clock, wire_time
from dossier.foundation.database import Transaction
from dossier.tokens import actions, store
from dossier.tokens.model import CoveredWorkspace
from dossier.workspaces import actions as workspaces

app = typer.Typer(no_args_is_help=True, help="Tokens: what programs call the API with.")

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def lifetime(text: str) -> timedelta:
    """`90d`, `12h`, `4w`."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", text)
    if not found:
        message = "write a number and h, d or w, such as 90d"
        raise typer.BadParameter(message)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@app.command(epilog="Example: dossier token create --workspace demo --name CRM --expires 90d")
def create(
    workspace: Annotated[list[str], typer.Option(help="Slug of a workspace it covers; give it again for more.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    description: Annotated[str | None, typer.Option()] = None,
    expires: Annotated[
        timedelta | None, typer.Option(parser=lifetime, metavar="90d", help="How long it holds.")
    ] = None,
) -> None:
    """Make a token. Its text goes to stdout, and nothing else; it is shown this once."""

    async def work(transaction: Transaction) -> str:
        found = [await workspaces.find(transaction, slug) for slug in dict.fromkeys(workspace)]
        covered = [CoveredWorkspace(each.id, each.slug) for each in found]
        expires_at = system_clock() + expires if expires else None
        _, text = await actions.create(transaction, name, covered, description=description, expires_at=expires_at)
        return text

    typer.echo(operate(work))
    if sys.stdout.isatty():
        say("Keep it safe: it is not shown again.")


@app.command("list", epilog="Example: dossier token list --json")
def list_(as_json: Annotated[bool, JSON] = False) -> None:
    """All tokens, without their texts."""
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "workspaces": ", ".join(workspace.slug for workspace in each.workspaces),
            "created": wire_time(each.created_at),
            "expires": each.expires_at and wire_time(each.expires_at),
            "last used": each.last_used_at and wire_time(each.last_used_at),
            "revoked": each.revoked_at and wire_time(each.revoked_at),
        }
        for each in operate(store.list_all)
    ]
    show(rows, ("id", "name", "workspaces", "created", "expires", "last used", "revoked"), as_json)


@app.command(epilog="Example: dossier token revoke 0199a1b2-…  (dossier token list shows the ids)")
def revoke(id: Annotated[UUID, typer.Argument(help="The token's id.")]) -> None:
    """End a token: from the next request on it is refused."""

    async def work(transaction: Transaction) -> None:
        await actions.revoke(transaction, id)

    operate(work)
    say("Revoked.")
