"""What members are told, and how they want to be."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0081_notices"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0081_notices.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
