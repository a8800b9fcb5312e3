"""A workspace has an accent colour, by which its members know where they are."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0050_accent"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0050_accent.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
