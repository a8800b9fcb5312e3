"""How far the back-fill of a field is, and since when nobody wants it."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0062_fields_filled"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0062_fields_filled.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
