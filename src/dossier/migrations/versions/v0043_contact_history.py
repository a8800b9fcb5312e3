"""Contacts have a history, as cases do."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0043_contact_history"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0043_contact_history.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
