"""What was uploaded."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0067_files"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0067_files.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
