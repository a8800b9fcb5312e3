"""`dossier member`: let people into a workspace."""

from enum import StrEnum
from typing import Annotated

import typer

from dossier.cases import actions as cases
from dossier.cli.connection import operate, settings
from dossier.cli.output import say
from dossier.foundation.database import Transaction
from dossier.members import actions
from dossier.members.actions import second_factor
from dossier.members.model import Member
from dossier.web import addresses
from dossier.workspaces import actions as workspaces

app = typer.Typer(no_args_is_help=True, help="Members: who works in a workspace.")


class RoleChoice(StrEnum):
    """The roles, for the help text."""

    administrator = "administrator"
    handler = "handler"
    limited = "limited"


@app.command(epilog="Example: dossier member create eve@example.org --workspace claims --given-name Eve --role handler")
def create(
    email: Annotated[str, typer.Argument(help="The address they are known by.")],
    workspace: Annotated[str, typer.Option(help="Slug of the workspace.")],
    role: Annotated[RoleChoice, typer.Option(help="limited: only the cases they own.")] = RoleChoice.handler,
    given_name: Annotated[str | None, typer.Option()] = None,
    family_name: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Give a person a place in a workspace, or another role in it; the member's id goes to stdout."""

    async def work(transaction: Transaction) -> Member:
        found = await workspaces.find(transaction, workspace)
        return await actions.create(
            transaction, email, found.id, role.value, given_name=given_name, family_name=family_name
        )

    typer.echo(operate(work).id)


@app.command(epilog="Example: dossier member link eve@example.org --url https://dossier.example.org")
def link(
    email: Annotated[str, typer.Argument(help="Who signs in with it.")],
    url: Annotated[
        str | None, typer.Option(help="Where the server is reached.", show_default="DOSSIER_BASE_URL, or this machine")
    ] = None,
) -> None:
    """Make a one-time link with which a member signs in and sets a password; it goes to stdout."""
    secret = operate(lambda transaction: actions.link_for(transaction, email))
    base = url or settings().base_url or "http://127.0.0.1:8000"
    typer.echo(base.rstrip("/") + addresses.SIGN_IN / "link" / secret)


@app.command(epilog="Example: dossier member erase eve@example.org")
def erase(email: Annotated[str, typer.Argument(help="Who works in no workspace any more.")]) -> None:
    """Erase a person who worked here from members, cases, histories and the audit log; it cannot be undone."""
    number = operate(lambda transaction: cases.ERASING.member(transaction, email))
    say(f"Erased, from {number} cases. Histories still say that it was one and the same member, not who.")


@app.command("reset-second-factor", epilog="Example: dossier member reset-second-factor eve@example.org")
def reset_second_factor(email: Annotated[str, typer.Argument(help="Who lost phone and recovery codes.")]) -> None:
    """Take away a member's second factor, once you are sure who asks for it."""
    operate(lambda transaction: second_factor.remove_of(transaction, email))
    say(f"{email} signs in without a second factor now, and can set up a new one.")
