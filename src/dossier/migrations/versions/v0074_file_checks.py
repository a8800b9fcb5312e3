"""What a virus scanner still has to look at."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0074_file_checks"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0074_file_checks.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
