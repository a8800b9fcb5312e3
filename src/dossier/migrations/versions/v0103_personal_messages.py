"""To whom messages are personally; what a workspace says of its calls and e-mails."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0103_personal_messages"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0103_personal_messages.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
