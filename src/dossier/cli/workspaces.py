"""`dossier workspace`: make and list workspaces."""

from typing import Annotated

import typer

from dossier.cli.connection import operate
from dossier.cli.output import JSON, say, show
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.workspaces import actions, store
from dossier.workspaces.model import Workspace

app = typer.Typer(no_args_is_help=True, help="Workspaces: each team's own room.")


@app.command(epilog="Example: dossier workspace create claims --name Claims --time-zone Europe/Brussels --country BE")
def create(
    slug: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens; programs name it so.")],
    name: Annotated[str, typer.Option(help="What people see.")],
    time_zone: Annotated[str, typer.Option(help="Decides which day “today” is.")] = "UTC",
    country: Annotated[
        str | None, typer.Option(help="Of telephone numbers without one, and of holidays: ISO 3166-1, such as BE.")
    ] = None,
) -> None:
    """Make a workspace; its id goes to stdout."""

    async def work(transaction: Transaction) -> Workspace:
        return await actions.create(transaction, slug, name, time_zone, country)

    typer.echo(operate(work).id)
    say(f"Next: dossier token create --workspace {slug} --name …")


@app.command("list", epilog="Example: dossier workspace list --json")
def list_(as_json: Annotated[bool, JSON] = False) -> None:
    """All workspaces of this server."""
    rows = [
        {
            "id": each.id,
            "slug": each.slug,
            "name": each.name,
            "time zone": each.time_zone,
            "country": (each.working_time or {}).get("country") or "",
            "created": wire_time(each.created_at),
        }
        for each in operate(store.list_all)
    ]
    show(rows, ("id", "slug", "name", "time zone", "country", "created"), as_json)


@app.command(epilog="Example: dossier workspace redirects claims --host www.example.org --host example.org")
def redirects(
    slug: Annotated[str, typer.Argument(help="The workspace.")],
    host: Annotated[list[str] | None, typer.Option(help="A host; none: nobody goes on anywhere.")] = None,
) -> None:
    """To which hosts people may go on after a form: these, and no others."""
    hosts = host or []

    async def work(transaction: Transaction) -> None:
        await actions.set_redirect_hosts(transaction, slug, hosts)

    operate(work)
    say(f"People may go on to: {', '.join(hosts) or 'nowhere'}.")
