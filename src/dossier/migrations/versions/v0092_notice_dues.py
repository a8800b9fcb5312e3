"""What members have to do by when."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0092_notice_dues"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0092_notice_dues.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
