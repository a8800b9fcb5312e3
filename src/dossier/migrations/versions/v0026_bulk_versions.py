"""A change of many cases remembers what it did to each, so that all of it can be taken back."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0026_bulk_versions"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0026_bulk_versions.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
