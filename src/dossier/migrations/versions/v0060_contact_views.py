"""What somebody looked for among contacts, kept under a name."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0060_contact_views"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0060_contact_views.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
