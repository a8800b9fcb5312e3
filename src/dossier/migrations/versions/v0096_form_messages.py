"""What is written about forms, and calls to their own addresses."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0096_form_messages"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0096_form_messages.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
