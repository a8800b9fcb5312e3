"""Server processes leave a sign of life with what they see, and the database knows the key it is used with."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0034_health"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0034_health.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
