"""The files that wait for a virus scanner, indexed, built without stopping anybody."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0075_file_checks_index"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0075_file_checks_index.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
