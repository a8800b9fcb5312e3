"""A job that failed says why."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0035_job_failures"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0035_job_failures.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
