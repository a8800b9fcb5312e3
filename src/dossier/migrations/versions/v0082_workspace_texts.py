"""What messages of a workspace have in common."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0082_workspace_texts"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0082_workspace_texts.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
