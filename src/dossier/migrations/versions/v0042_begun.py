"""A second factor that was begun holds ten minutes; alike addresses of members do not stand in each other's way."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0042_begun"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0042_begun.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
