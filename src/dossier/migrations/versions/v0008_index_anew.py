"""Every indexed field is back-filled anew."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0008_index_anew"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0008_index_anew.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
