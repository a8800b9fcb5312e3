"""The page that gathers what is asked of a person: codes, sessions, how often something was entered."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0111_personal_page"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0111_personal_page.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
