"""Pictures made of files."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0072_file_previews"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0072_file_previews.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
