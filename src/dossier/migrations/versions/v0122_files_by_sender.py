"""The files of whoever sent them to a form, indexed without stopping anybody."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0122_files_by_sender"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0122_files_by_sender.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
