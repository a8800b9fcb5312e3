"""`dossier migrate`: bring the database to the newest schema."""

from dossier.cli.connection import database_url
from dossier.cli.output import say
from dossier.migrations import head
from dossier.migrations import migrate as bring_up


def migrate() -> None:
    """Bring the database to the newest schema; safe to run again, and while servers run."""
    with database_url(migrated=False) as url:
        bring_up(url, say)
    say(f"The database is at {head()}.")
