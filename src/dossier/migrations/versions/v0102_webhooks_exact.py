"""What webhooks are not told because it was kept before they were made; sealed secrets of repeated answers."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0102_webhooks_exact"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0102_webhooks_exact.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
