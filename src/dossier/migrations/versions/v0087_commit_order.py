"""The order in which changes are told."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0087_commit_order"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0087_commit_order.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
