"""The server remembers its backups."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0014_backups"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0014_backups.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
