"""`dossier audit`: the log of the whole server, for who runs it."""

from typing import Annotated

import typer

from dossier.audit import store
from dossier.audit.model import Entry
from dossier.cli.connection import operate
from dossier.cli.output import JSON, show
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction


def audit(
    act: Annotated[str | None, typer.Option(help="Only this kind of act, such as token.made.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="So many of the newest.")] = 100,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Show who was let in, was given what, took what out, and was refused; the newest first."""

    async def work(transaction: Transaction) -> list[Entry]:
        return await store.page(transaction, act=act, before=None, most=most, everything=True)

    rows = [
        {
            "at": wire_time(each.at),
            "act": each.act,
            "result": each.result,
            "who": each.actor["name"],
            "subject": each.subject,
            "via": each.via,
            "client": each.client,
            "request": each.request,
        }
        for each in operate(work)
    ]
    show(rows, ("at", "act", "result", "who", "subject", "via", "client"), as_json)
