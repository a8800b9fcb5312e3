"""What the app keeps: searchable words, saved views, bulk changes, drafts, second factors."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0004_app"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0004_app.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
