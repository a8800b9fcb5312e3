"""Files of lists that a job makes."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0065_exports"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0065_exports.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
