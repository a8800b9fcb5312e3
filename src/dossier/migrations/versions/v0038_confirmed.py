"""What a stolen session must not do asks again who it is."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0038_confirmed"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0038_confirmed.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
