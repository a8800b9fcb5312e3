"""The audit log."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0012_audit"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0012_audit.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
