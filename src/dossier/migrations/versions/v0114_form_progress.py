"""How far forms are filled in."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0114_form_progress"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0114_form_progress.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
