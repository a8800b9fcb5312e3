"""The words in files."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0077_file_texts"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0077_file_texts.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
