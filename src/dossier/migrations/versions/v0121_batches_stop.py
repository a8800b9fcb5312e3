"""Since when no more is made of what was sent to many."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0121_batches_stop"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0121_batches_stop.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
