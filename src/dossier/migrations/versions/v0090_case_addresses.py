"""To which address people answer about a case."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0090_case_addresses"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0090_case_addresses.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
