"""Many things of any kind can be changed at once, as cases can."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0044_bulk_of_any_kind"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0044_bulk_of_any_kind.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
