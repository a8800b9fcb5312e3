"""Keys to sign with."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0079_signing_keys"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0079_signing_keys.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
