"""Stored answers know their scope."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0006_replays"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0006_replays.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
