"""`dossier jobs`: what is to be done in the background, what failed, and trying it again."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from dossier.cli.connection import operate
from dossier.cli.output import JSON, fail, say, show
from dossier.foundation import jobs
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import NotFound
from dossier.workspaces import actions

app = typer.Typer(no_args_is_help=True, help="Jobs: work in the background.")


@app.command("list", epilog="Example: dossier jobs list --failed")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed for good.")] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Show the jobs that wait, run, or have failed."""

    async def work(transaction: Transaction) -> list[dict[str, Any]]:
        rows = await jobs.listed(transaction, failed=failed, everywhere=True)
        return [row | {"due": row["due"] and wire_time(row["due"])} for row in rows]

    show(operate(work), ("id", "job", "lane", "status", "tries", "due", "reason"), as_json)


@app.command(epilog="Example: dossier jobs retry 42")
def retry(id: Annotated[int, typer.Argument(help="The job's id.")]) -> None:
    """Do a job that failed again, at once."""

    _decide(actions.retry_job, id, f"There is no failed job {id}; dossier jobs list shows the jobs.")
    say("It runs again.")


@app.command(epilog="Example: dossier jobs cancel 42")
def cancel(id: Annotated[int, typer.Argument(help="The job's id.")]) -> None:
    """Give up a job that waits or has failed."""

    _decide(actions.cancel_job, id, f"There is no job {id} that waits or has failed; dossier jobs list shows the jobs.")
    say("Cancelled.")


def _decide(decide: Callable[..., Awaitable[None]], id: int, otherwise: str) -> None:
    async def work(transaction: Transaction) -> bool:
        try:
            await decide(transaction, id, everywhere=True)
        except NotFound:
            return False
        return True

    if not operate(work):
        raise fail(otherwise)
