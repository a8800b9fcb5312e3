"""Files on their way."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0073_uploads"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0073_uploads.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
