"""Workspaces, who may act in them, and the cases they hold."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0001_content"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0001_content.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
