"""A member says which view they see first."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0027_default_views"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0027_default_views.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
