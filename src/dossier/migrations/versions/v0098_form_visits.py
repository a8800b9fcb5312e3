"""How many forms were begun by public links."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0098_form_visits"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0098_form_visits.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
