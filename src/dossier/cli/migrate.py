"""`dossier migrate`: bring the database to the newest schema."""

from dossier.cli.connection import database_url, settings
from dossier.cli.output import say
from dossier.migrations import grant, head, user_of
from dossier.migrations import migrate as bring_up


def migrate() -> None:
    """Bring the database to the newest schema; safe to run again, and while servers run."""
    with database_url(migrated=False) as url:
        bring_up(url, say)
        serving = settings().database_url and user_of(settings().database_url or "")
        if serving and serving != user_of(url):
            grant(url, serving)
    say(f"The database is at {head()}.")
