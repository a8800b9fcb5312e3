"""Which cases once showed a contact."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0064_past_contacts"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0064_past_contacts.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
