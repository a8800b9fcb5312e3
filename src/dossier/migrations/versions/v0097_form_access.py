"""Who came in to a form: sessions, codes, what was entered wrongly."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0097_form_access"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0097_form_access.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
