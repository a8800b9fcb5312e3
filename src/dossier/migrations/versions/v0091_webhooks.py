"""Webhooks and what is sent by them."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0091_webhooks"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0091_webhooks.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
