"""Of which cases e-mails to members tell."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0093_notice_mails"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0093_notice_mails.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
