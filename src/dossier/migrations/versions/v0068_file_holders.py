"""What holds a file, and how."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0068_file_holders"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0068_file_holders.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
