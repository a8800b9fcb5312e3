"""Webhooks and what is sent by them."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0090_webhooks"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0090_webhooks.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
