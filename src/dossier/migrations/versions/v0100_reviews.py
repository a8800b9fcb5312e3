"""What was said of answers, and forms that were asked for together."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0100_reviews"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0100_reviews.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
