"""`dossier contact`: find people that cases are about, and erase them."""

from typing import Annotated
from uuid import UUID

import typer

from dossier import contacts
from dossier.cases import actions
from dossier.cli.connection import operate
from dossier.cli.output import JSON, say, show
from dossier.contacts.model import Contact
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.workspaces import actions as workspaces

app = typer.Typer(no_args_is_help=True, help="Contacts: the people that cases are about.")

WORKSPACE = Annotated[str, typer.Option(help="The workspace's slug.")]


@app.command("find", epilog="Example: dossier contact find --workspace demo --email emma@mail.example")
def find(
    workspace: WORKSPACE,
    email: Annotated[str | None, typer.Option(help="Those with this address.")] = None,
    unused: Annotated[bool, typer.Option("--unused", help="Only those that no case shows.")] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Show contacts."""

    async def work(transaction: Transaction) -> list[Contact]:
        found = await workspaces.find(transaction, workspace)
        return await contacts.find(transaction.within(Scope((found.id,))), found.id, email, unused=unused)

    rows = [each.document() for each in operate(work)]
    show(rows, ("id", "given_name", "family_name", "email", "phone"), as_json)


@app.command(epilog="Example: dossier contact erase --workspace demo 0199a1b2-…")
def erase(workspace: WORKSPACE, ids: Annotated[list[UUID], typer.Argument(help="The contacts' ids.")]) -> None:
    """Erase people from every case and every history; it cannot be undone."""

    async def work(transaction: Transaction) -> int:
        found = await workspaces.find(transaction, workspace)
        within = transaction.within(Scope((found.id,)))
        return sum([await actions.ERASING.contact(within, id) for id in ids])

    say(f"Erased, from {operate(work)} cases.")
