"""What happened in a workspace, in the order in which it is told, indexed without stopping anybody."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0088_commit_order_indexes"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0088_commit_order_indexes.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
