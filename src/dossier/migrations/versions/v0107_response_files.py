"""Files and papers of answers that were erased."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0107_response_files"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0107_response_files.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
