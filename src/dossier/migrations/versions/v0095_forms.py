"""Forms, what happened to them, and what was answered."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0095_forms"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0095_forms.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
