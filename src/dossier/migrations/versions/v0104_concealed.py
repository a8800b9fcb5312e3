"""What in a message only they may read to whom it is."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0104_concealed"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0104_concealed.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
