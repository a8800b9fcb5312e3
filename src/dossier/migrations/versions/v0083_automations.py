"""Rules of templates: turns, runs, times."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0083_automations"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0083_automations.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
