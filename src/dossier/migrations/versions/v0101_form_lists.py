"""The words of forms, and the views that are kept of their list."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0101_form_lists"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0101_form_lists.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
