"""A workspace has a logo; stored answers name what they are about, whatever kind of thing it is."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0054_logo"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0054_logo.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
