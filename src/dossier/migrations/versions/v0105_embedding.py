"""The sites that may show the forms of a workspace inside their own pages."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0105_embedding"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0105_embedding.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
