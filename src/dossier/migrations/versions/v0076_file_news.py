"""What cases still have to be told of files."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0076_file_news"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0076_file_news.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
