"""What waits for the search, of every kind of thing."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0115_search_waiting"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0115_search_waiting.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
