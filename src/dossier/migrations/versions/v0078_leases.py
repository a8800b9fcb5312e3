"""Keys of requests that take long."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0078_leases"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0078_leases.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
