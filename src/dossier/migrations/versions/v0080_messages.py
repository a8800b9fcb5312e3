"""E-mails and texts to people."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0080_messages"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0080_messages.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
