"""What the app keeps: searchable words, saved views, bulk changes, drafts, second factors."""

from alembic import op

from dossier.migrations.runner import statements

revision = "0004_app"
down_revision = "0003_sign_in"


def upgrade() -> None:
    """Run `0004_app.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
