"""Secrets of workspaces."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0089_secrets"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0089_secrets.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
