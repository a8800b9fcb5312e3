"""What steps do at a time, whose turn it is, and working time."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0084_steps"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0084_steps.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
