"""Who changed what about a template, published and archived it."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0061_template_history"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0061_template_history.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
