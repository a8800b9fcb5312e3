"""What conditions of a form looked at in its case when a response was handed in."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0113_case_seen"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0113_case_seen.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
